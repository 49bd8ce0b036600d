import type { BookingAction, BookingStatus, FirstStatus } from '../booking-status.ts';

/** The receivers of an event: each is a channel of the realtime service, or one per booking or room. */
export type Audience = 'OPERATIONS' | 'STAFF' | 'BOOKING' | 'ROOM' | 'PUBLIC';

const DESK = ['OPERATIONS', 'BOOKING'] as const;
/** Staff are to look at it, or to do something. */
const CALL = ['OPERATIONS', 'STAFF', 'BOOKING'] as const;
const IN_ROOM = ['OPERATIONS', 'BOOKING', 'ROOM'] as const;

/**
 * Every event that is published, and its receivers. The feed and its stream carry all of them.
 *
 * OPERATIONS is `private-hotel-{slug}`, STAFF `private-staff-{slug}`, BOOKING `private-booking-{code}`, ROOM
 * `private-room-{slug}-{roomNumber}` and PUBLIC `hotel-{slug}-public`, to which anybody may subscribe.
 */
export const EVENTS = {
  booking_created: CALL,
  booking_updated: DESK,
  booking_status_changed: DESK,
  booking_pending_approval: CALL,
  booking_confirmed: DESK,
  booking_approved: DESK,
  booking_declined: DESK,
  booking_checked_in: IN_ROOM,
  booking_completed: DESK,
  booking_checked_out: IN_ROOM,
  booking_cancelled: CALL,
  booking_expired: DESK,
  booking_rescheduled: CALL,
  booking_revived: CALL,
  booking_no_show: DESK,
  room_assigned: IN_ROOM,
  room_status_changed: ['OPERATIONS', 'ROOM'],
  payment_success: DESK,
  payment_failed: CALL,
  refund_issued: DESK,
  authorization_expiring: ['OPERATIONS', 'STAFF'],
  dispute_opened: ['OPERATIONS', 'STAFF'],
  dispute_closed: ['OPERATIONS', 'STAFF'],
  webhook_failed: ['STAFF'],
  reconciliation_difference: ['STAFF'],
  unpaid_claims_limited: ['STAFF'],
  availability_changed: ['PUBLIC'],
} as const satisfies Record<string, readonly Audience[]>;
export type EventType = keyof typeof EVENTS;

/** What an event says: no personal data but staff's first names. */
export interface EventContent {
  readonly bookingCode?: string;
  readonly status?: BookingStatus;
  readonly roomNumber?: string;
  readonly staffUser?: string;
  /** What can be had has changed for this room type, or for all of them, */
  readonly roomType?: string;
  /** this provider, */
  readonly provider?: string;
  /** in the nights or the time [from, to), or in any. */
  readonly from?: string;
  readonly to?: string;
}

/** An event on its way into the outbox. */
export interface OutboxDraft {
  readonly type: EventType;
  readonly data: EventContent;
}

/** A published event: numbered from 1 per property, without a gap, in the order of publication. */
export interface FeedEvent {
  readonly id: string;
  readonly seq: number;
  readonly type: EventType;
  readonly occurredAt: string;
  readonly propertySlug: string;
  readonly data: EventContent;
}

/** The event of its own that each action has, beside `booking_status_changed`. */
export const ACTION_EVENTS: Record<BookingAction, EventType> = {
  authorize: 'booking_pending_approval',
  confirm: 'booking_confirmed',
  approve: 'booking_approved',
  decline: 'booking_declined',
  expire: 'booking_expired',
  revive: 'booking_revived',
  cancel: 'booking_cancelled',
  checkIn: 'booking_checked_in',
  complete: 'booking_completed',
  noShow: 'booking_no_show',
};

/** Describes a new booking as events: created, its status if it needs no payment first, and the availability it took. */
export function describeCreation(input: {
  readonly bookingCode: string;
  readonly status: FirstStatus;
  readonly taken: EventContent;
}): OutboxDraft[] {
  const { bookingCode, status, taken } = input;
  const data = { bookingCode, status };
  const firstEvents = {
    PENDING_PAYMENT: [],
    PENDING_APPROVAL: ['booking_pending_approval'],
    CONFIRMED: ['booking_confirmed'],
  } as const;
  return [
    { type: 'booking_created', data },
    ...firstEvents[status].map((type) => ({ type, data })),
    { type: 'availability_changed', data: taken },
  ];
}

/** Lists the channels of an event. An event without a booking or a room has no channel of either. */
export function channelsOf(event: Pick<FeedEvent, 'type' | 'propertySlug' | 'data'>): string[] {
  const { propertySlug: slug, data } = event;
  const names: Record<Audience, string | null> = {
    OPERATIONS: `private-hotel-${slug}`,
    STAFF: `private-staff-${slug}`,
    BOOKING: data.bookingCode === undefined ? null : `private-booking-${data.bookingCode}`,
    ROOM: data.roomNumber === undefined ? null : roomChannel(slug, data.roomNumber),
    PUBLIC: `hotel-${slug}-public`,
  };
  return EVENTS[event.type].map((audience) => names[audience]).filter((name) => name !== null);
}

/**
 * Names the channel of a room; a character that channel names forbid is encoded as its code point.
 *
 * Staff choose room numbers freely. A dash is encoded too, because slugs have dashes: else room `hotel-101` of `harbour`
 * would receive the events of room `101` of `harbour-hotel`.
 */
export function roomChannel(slug: string, roomNumber: string): string {
  const encoded = roomNumber.replaceAll(/[^A-Za-z0-9_]/g, (sign) => `=${sign.codePointAt(0)?.toString(16) ?? ''}=`);
  return `private-room-${slug}-${encoded}`;
}
