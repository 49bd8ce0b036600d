import type { PlainDate } from './time/calendar.ts';
import type { ActorType, BookingKind, BookingStatus } from './booking-status.ts';
import { EXPIRABLE_STAGES, PAYABLE_AGAIN_STAGES } from './payment-stage.ts';
import type { PaymentStage } from './payment-stage.ts';
import type { Price } from './money/price/price.ts';

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

/** Who does something. Staff by user, guests by token, the rest by what they are. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string | null;
  /** First name, for staff. */
  readonly name: string | null;
}

export const SYSTEM: Actor = { type: 'SYSTEM', id: null, name: null };

export interface Contact {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
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
  /** What the wallet has set aside to be taken together with it. */
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
  readonly createdAt: string;
  readonly settledAt: string | null;
}

export interface RecordedDispute {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: 'OPEN' | 'WON' | 'LOST';
  readonly openedAt: string;
  readonly closedAt: string | null;
}

/**
 * A booking with all that belongs to it, as it was at `readAt`.
 *
 * Plain JSON (instants are RFC 3339 in UTC), so that an answer can be kept and given again. The views decide what of it
 * leaves the house.
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
  /** The promo it was sold with. */
  readonly promoCode: string | null;
  readonly paidAmount: number;
  readonly waivedAmount: number;
  readonly paymentStage: PaymentStage;
  readonly paymentProvider: string | null;
  readonly payments: readonly RecordedPayment[];
  readonly refunds: readonly RecordedRefund[];
  readonly disputes: readonly RecordedDispute[];
  /** What was kept when it ended before its time. */
  readonly feeAmount: number;
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
  /** The database's clock when this was read: countdowns are counted from it. */
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

/** Its start and end are the booking's. */
export interface AppointmentSnapshot {
  readonly service: { readonly code: string; readonly name: string };
  readonly provider: { readonly code: string; readonly name: string };
  readonly adults: number;
  readonly children: number;
  /** Where it takes place, when the provider comes to the guest. */
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

/** Ends in which nothing is owed any more. */
const NOTHING_OWED: readonly BookingStatus[] = ['DECLINED', 'CANCELLED', 'EXPIRED'];

/** What is still to be paid: the total, less what was paid and what was waived; nothing once the booking is off. */
export function balanceOf(
  booking: Pick<BookingSnapshot, 'status' | 'paidAmount' | 'waivedAmount'> & {
    readonly price: Pick<Price, 'totalPayable'>;
  },
): number {
  if (NOTHING_OWED.includes(booking.status)) return 0;
  return Math.max(0, booking.price.totalPayable - booking.paidAmount - booking.waivedAmount);
}

/** How the deposit is shared between the wallet, by what it has paid or set aside for an open page, and the card. */
export function shareDeposit({
  price: { depositDue },
  payments,
}: {
  readonly price: Pick<Price, 'depositDue'>;
  readonly payments: readonly Pick<RecordedPayment, 'method' | 'amount' | 'walletHeld'>[];
}): Pick<Price, 'walletApplied' | 'gatewayPayable'> {
  const ofWallet = payments.map(({ method, amount, walletHeld }) => (method === 'WALLET' ? amount : walletHeld));
  const walletApplied = Math.min(
    depositDue,
    ofWallet.reduce((sum, part) => sum + part, 0),
  );
  return { walletApplied, gatewayPayable: depositDue - walletApplied };
}

/** When the place is no longer kept; null for a booking that waits for no payment, or whose money is on its way. */
export function holdDeadline(booking: Pick<BookingSnapshot, 'status' | 'paymentStage' | 'expiresAt'>): string | null {
  const canEnd =
    booking.status === 'PENDING_APPROVAL'
      ? PAYABLE_AGAIN_STAGES.includes(booking.paymentStage)
      : booking.status === 'PENDING_PAYMENT' && EXPIRABLE_STAGES.includes(booking.paymentStage);
  return canEnd ? booking.expiresAt : null;
}

/** Whole seconds until the hold ends, counted when it is read and never stored; null where nothing runs out. */
export function secondsLeft(
  booking: Pick<BookingSnapshot, 'status' | 'paymentStage' | 'expiresAt' | 'readAt'>,
): number | null {
  const deadline = holdDeadline(booking);
  if (deadline === null) return null;
  return Math.max(0, Math.ceil((Date.parse(deadline) - Date.parse(booking.readAt)) / 1_000));
}

/** One spelling per mailbox, for finding a customer again. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Shorter endings than this are shared by strangers; what comes before them may be left out, as the country's code. */
export const TELLING_DIGITS = 9;

/** One spelling per telephone, for finding a customer again: its last digits, with its country or without. */
export function normalizePhone(phone: string): string {
  return phone.replace(/\D/g, '').slice(-TELLING_DIGITS).replace(/^0+/, '');
}
