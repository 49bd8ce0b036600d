import type { PlainDate } from '../time/calendar.ts';
import { isNothingOwed } from '../booking-status.ts';
import type { ActorType, BookingKind, BookingStatus } from '../booking-status.ts';
import { PAYABLE_AGAIN_STAGES } from '../money/payment-stage.ts';
import type { PaymentStage } from '../money/payment-stage.ts';
import type { Price } from '../money/price/price.ts';
import { computeBalance } from './balance.ts';
import type { DisputeStatus } from '../ports/gateway.ts';
import { isExpirable } from './hold.ts';

export const BOOKING_SOURCES = [
  'WEBSITE',
  'STAFF',
  'PHONE',
  'WALK_IN',
  'AI_RECEPTIONIST',
  'GUEST',
  'COMPAT',
  'IMPORT',
] as const;
export type BookingSource = (typeof BOOKING_SOURCES)[number];

export const PARTY_ROLES = ['PRIMARY', 'COMPANION', 'CHILD'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

export const MANUAL_METHODS = ['CASH', 'CARD_TERMINAL', 'BANK_TRANSFER', 'ZELLE', 'VENMO', 'OTHER'] as const;
export type ManualMethod = (typeof MANUAL_METHODS)[number];

export const PAYMENT_METHODS = ['CARD', 'WALLET', ...MANUAL_METHODS] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** The author of an action: a staff user, a guest's token, or a kind of system actor. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string | null;
  /** First name, for staff. */
  readonly name: string | null;
}

export const SYSTEM: Actor = { type: 'SYSTEM', id: null, name: null };

/** An actor and the id of the actor's request; null for an action without a request. */
export interface Author {
  readonly actor: Actor;
  readonly requestId: string | null;
  /** The caller's role or link includes the wallet (`domain/access/wallet-right.ts`); absent: it does not. */
  readonly canChangeWallet?: boolean;
}

/** The author of actions by jobs. */
export const SYSTEM_AUTHOR: Author = { actor: SYSTEM, requestId: null };

export interface Contact {
  readonly firstName: string;
  /** Empty for a person with one name. */
  readonly lastName: string;
  /** Null where there is a telephone number instead: at the desk and on the telephone. */
  readonly email: string | null;
  readonly phone: string | null;
}

export interface PartyMember {
  readonly role: PartyRole;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly isStaying: boolean;
}

export interface RecordedPayment {
  readonly id: string;
  readonly provider: string;
  readonly method: PaymentMethod;
  readonly stage: PaymentStage;
  readonly amount: number;
  readonly currency: string;
  readonly refundedAmount: number;
  /** Wallet amount on hold, captured together with the payment. */
  readonly walletHeld: number;
  readonly reference: string | null;
  readonly createdAt: string;
}

export interface RecordedRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly destination: 'CARD' | 'WALLET' | 'MANUAL';
  readonly state: 'PENDING' | 'UNKNOWN' | 'DONE' | 'CANCELLED';
  readonly origin: 'POLICY' | 'STAFF' | 'SYSTEM' | 'GATEWAY';
  readonly reason: string | null;
  /** The gateway's code of its last refusal; null for none. */
  readonly lastError: string | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
}

export interface RecordedDispute {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: DisputeStatus;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

/**
 * A booking with payments, refunds and disputes, read at `readAt`.
 *
 * Plain JSON (instants are RFC 3339 in UTC), so that a response can be stored and replayed by
 * `booking-snapshot-schema.ts`. The views choose the fields
 * that leave over HTTP.
 */
export interface BookingSnapshot {
  readonly id: string;
  readonly code: string;
  readonly kind: BookingKind;
  readonly status: BookingStatus;
  readonly version: number;
  readonly source: BookingSource;
  readonly property: {
    readonly slug: string;
    readonly name: string;
    readonly timezone: string;
    readonly phone: string | null;
  };
  readonly party: readonly PartyMember[];
  readonly booker: Contact | null;
  readonly price: Price;
  /** Code of the redeemed promo. */
  readonly promoCode: string | null;
  readonly paidAmount: number;
  readonly waivedAmount: number;
  readonly paymentStage: PaymentStage;
  readonly paymentProvider: string | null;
  readonly payments: readonly RecordedPayment[];
  readonly refunds: readonly RecordedRefund[];
  readonly disputes: readonly RecordedDispute[];
  /** Cancellation or no-show fee, in minor units. */
  readonly feeAmount: number;
  /** Deadline to pay for a dearer move, after which the booking falls back to what it was; null without such a move. */
  readonly moveExpiresAt: string | null;
  readonly specialRequests: string | null;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly expiresAt: string | null;
  readonly captureBefore: string | null;
  readonly decision: {
    readonly by: string;
    readonly at: string;
    readonly declineReasonCode: string | null;
    readonly declineReasonNote: string | null;
  } | null;
  readonly reservedAt: string | null;
  readonly confirmedAt: string | null;
  readonly paymentAuthorizedAt: string | null;
  readonly paidAt: string | null;
  readonly checkedInAt: string | null;
  readonly checkedOutAt: string | null;
  readonly cancelledAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly stay: StaySnapshot | null;
  readonly appointment: AppointmentSnapshot | null;
  /** The database's clock at the read; countdowns start from this instant. */
  readonly readAt: string;
}

export interface Address {
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
}

/** Appointment details. Start and end are fields of the booking. */
export interface AppointmentSnapshot {
  readonly service: { readonly code: string; readonly name: string };
  readonly provider: { readonly code: string; readonly name: string };
  readonly adults: number;
  readonly children: number;
  /** Address of the guest, for a service at the guest's place. */
  readonly address: Address | null;
  readonly zone: { readonly code: string; readonly name: string } | null;
}

export interface StaySnapshot {
  readonly roomType: { readonly code: string; readonly name: string };
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  readonly adults: number;
  readonly children: number;
  readonly assignmentVersion: number;
  readonly room: {
    readonly number: string;
    readonly floor: number | null;
    readonly assignedAt: string;
    readonly assignedBy: string | null;
  } | null;
}

/** Computes the balance due: the total less payments and waivers; zero where nothing is owed any more. */
export function balanceOf(
  booking: Pick<BookingSnapshot, 'status' | 'paidAmount' | 'waivedAmount'> & {
    readonly price: Pick<Price, 'totalPayable'>;
  },
): number {
  if (isNothingOwed(booking.status)) return 0;
  return Math.max(0, computeBalance({ ...booking, totalPayable: booking.price.totalPayable }));
}

/** Splits the deposit between the card and the wallet, counting what the wallet paid or has on hold. */
export function splitDeposit({
  price: { depositDue },
  payments,
}: {
  readonly price: Pick<Price, 'depositDue'>;
  readonly payments: readonly Pick<RecordedPayment, 'method' | 'amount' | 'walletHeld'>[];
}): Pick<Price, 'walletApplied' | 'gatewayPayable'> {
  const walletParts = payments.map(({ method, amount, walletHeld }) => (method === 'WALLET' ? amount : walletHeld));
  const walletApplied = Math.min(
    depositDue,
    walletParts.reduce((sum, part) => sum + part, 0),
  );
  return { walletApplied, gatewayPayable: depositDue - walletApplied };
}

/** Finds the instant at which the hold ends; null when no payment is due or a payment is in progress. */
export function findHoldDeadline(
  booking: Pick<BookingSnapshot, 'status' | 'paymentStage' | 'expiresAt'>,
): string | null {
  const canEnd =
    booking.status === 'PENDING_APPROVAL' ? PAYABLE_AGAIN_STAGES.includes(booking.paymentStage) : isExpirable(booking);
  return canEnd ? booking.expiresAt : null;
}

/** Counts whole seconds from the read until the hold ends, never stored; null without a deadline. */
export function countSecondsLeft(
  booking: Pick<BookingSnapshot, 'status' | 'paymentStage' | 'expiresAt' | 'readAt'>,
): number | null {
  const deadline = findHoldDeadline(booking);
  if (deadline === null) return null;
  return Math.max(0, Math.ceil((Date.parse(deadline) - Date.parse(booking.readAt)) / 1_000));
}
