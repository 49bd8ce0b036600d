import { randomUUIDv7 } from 'node:crypto';
import type { StayBookingRow } from '../../db/insert-stay-booking.ts';
import type { StayOffer } from '../../db/read-stay-offer.ts';
import { normalizeEmail, normalizePhone } from '../../domain/booking.ts';
import type { Actor, BookingSnapshot, BookingSource, Contact, PartyMember } from '../../domain/booking.ts';
import { BOOKING_TOKEN_CAPABILITIES } from '../../domain/capabilities.ts';
import { describeCreation } from '../../domain/events.ts';
import { chooseFirstStatus } from '../../domain/first-status.ts';
import type { StaffPayment } from '../../domain/first-status.ts';
import type { Price } from '../../domain/price.ts';
import type { RoomTypeOffer, StayRequest } from '../../domain/stay.ts';
import { fingerprint, seal } from '../secrets/sealing.ts';
import type { Keyring } from '../secrets/sealing.ts';
import { hashToken, makeToken } from '../secrets/token.ts';

/** How long a guest's link works after the stay. */
const TOKEN_DAYS_AFTER_STAY = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface StayBookingDraft {
  readonly row: StayBookingRow;
  /** The booking as it will be answered, should the row be written. */
  readonly booking: BookingSnapshot;
  readonly guestToken: string;
}

interface DraftInput {
  readonly keys: Keyring;
  readonly offer: StayOffer;
  readonly roomType: RoomTypeOffer;
  readonly price: Price;
  readonly stay: StayRequest;
  readonly guest: Contact;
  readonly companions: readonly PartyMember[];
  readonly booker: Contact | null;
  readonly specialRequests: string | null;
  readonly source: BookingSource;
  readonly payment: StaffPayment;
  readonly actor: Actor;
  readonly requestId: string | null;
}

/**
 * Decides every value of a new booking, so that one statement can write it and its answer is known beforehand.
 *
 * The hold begins at the offer's clock, which is the database's.
 */
export function draftStayBooking(input: DraftInput): StayBookingDraft {
  const booking = describeBooking(input);
  const guestToken = makeToken();
  return { booking, guestToken, row: toRow(input, booking, guestToken) };
}

function describeBooking(input: DraftInput): BookingSnapshot {
  const { offer, price } = input;
  if (offer.bookingCode === null) throw new Error('Bug: a booking is drafted without a code');
  const now = offer.now.toISOString();
  const status = chooseFirstStatus({
    depositDue: price.depositDue,
    approval: offer.property.approval,
    payment: input.payment,
  });
  const deadline = new Date(offer.now.getTime() + offer.property.holdMinutes * MINUTE_MS).toISOString();
  const { slug, name, timezone, phone } = offer.property;
  return {
    id: randomUUIDv7(),
    code: offer.bookingCode,
    kind: 'STAY',
    status,
    version: 1,
    source: input.source,
    property: { slug, name, timezone, phone },
    party: [{ ...input.guest, role: 'PRIMARY', isStaying: true }, ...input.companions],
    booker: input.booker,
    price,
    paidAmount: 0,
    waivedAmount: input.payment === 'WAIVED' ? price.totalPayable : 0,
    paymentStage: 'NONE',
    paymentProvider: null,
    payments: [],
    specialRequests: input.specialRequests,
    startsAt: offer.startsAt.toISOString(),
    endsAt: offer.endsAt.toISOString(),
    expiresAt: status === 'PENDING_PAYMENT' ? deadline : null,
    captureBefore: null,
    decision: null,
    reservedAt: now,
    confirmedAt: status === 'CONFIRMED' ? now : null,
    paymentAuthorizedAt: null,
    paidAt: null,
    checkedInAt: null,
    checkedOutAt: null,
    cancelledAt: null,
    createdAt: now,
    updatedAt: now,
    stay: {
      roomType: { code: input.roomType.code, name: input.roomType.name },
      checkIn: input.stay.checkIn,
      checkOut: input.stay.checkOut,
      adults: input.stay.adults,
      children: input.stay.children,
      assignmentVersion: 0,
      room: null,
    },
    readAt: now,
  };
}

function toRow(input: DraftInput, booking: BookingSnapshot, guestToken: string): StayBookingRow {
  const { keys, stay, price } = input;
  return {
    id: booking.id,
    property_id: input.offer.property.id,
    code: booking.code,
    status: booking.status as StayBookingRow['status'],
    source: booking.source,
    price,
    currency: price.currency,
    total_payable: price.totalPayable,
    deposit_due: price.depositDue,
    waived_amount: booking.waivedAmount,
    starts_at: booking.startsAt,
    ends_at: booking.endsAt,
    expires_at: booking.expiresAt,
    confirmed_at: booking.confirmedAt,
    created_at: booking.createdAt,
    booker_sealed: input.booker && seal(keys, JSON.stringify(input.booker)),
    special_requests: booking.specialRequests,
    room_type_id: input.roomType.id,
    check_in_on: stay.checkIn,
    check_out_on: stay.checkOut,
    adults: stay.adults,
    children: stay.children,
    customer: toCustomer(keys, input.booker ?? input.guest),
    party: booking.party.map((member) => ({
      role: member.role,
      first_name: member.firstName,
      last_name: member.lastName,
      email: member.email,
      ...sealPhone(keys, member.phone),
      is_staying: member.isStaying,
    })),
    guest_token: {
      id: randomUUIDv7(),
      token_hash: hashToken(guestToken),
      capabilities: BOOKING_TOKEN_CAPABILITIES,
      expires_at: new Date(Date.parse(booking.endsAt) + TOKEN_DAYS_AFTER_STAY * DAY_MS).toISOString(),
    },
    event: {
      actor_type: input.actor.type,
      actor_id: input.actor.id,
      actor_name: input.actor.name,
      request_id: input.requestId,
    },
    outbox: describeCreation({
      bookingCode: booking.code,
      status: booking.status as StayBookingRow['status'],
      taken: { roomType: input.roomType.code, from: stay.checkIn, to: stay.checkOut },
    }),
    idempotency: null,
  };
}

function toCustomer(keys: Keyring, person: Contact): StayBookingRow['customer'] {
  return {
    id: randomUUIDv7(),
    email_normalized: normalizeEmail(person.email),
    first_name: person.firstName,
    last_name: person.lastName,
    email: person.email,
    ...sealPhone(keys, person.phone),
  };
}

/** A telephone number is stored encrypted, beside a fingerprint to find it by. */
function sealPhone(keys: Keyring, phone: string | null): { phone_sealed: string | null; phone_hash: string | null } {
  if (phone === null) return { phone_sealed: null, phone_hash: null };
  return { phone_sealed: seal(keys, phone), phone_hash: fingerprint(keys, normalizePhone(phone)) };
}
