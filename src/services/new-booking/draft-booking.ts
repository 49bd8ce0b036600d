import { randomUUIDv7 } from 'node:crypto';
import type { BookingRow } from '../../db/statements/booking-row.ts';
import { normalizeEmail, normalizePhone } from '../../domain/booking.ts';
import type { Actor, BookingSnapshot, BookingSource, Contact, PartyMember } from '../../domain/booking.ts';
import { BOOKING_TOKEN_CAPABILITIES } from '../../domain/access/capabilities.ts';
import { describeCreation } from '../../domain/feed/events.ts';
import type { EventContent } from '../../domain/feed/events.ts';
import { chooseFirstStatus } from '../../domain/first-status.ts';
import type { StaffPayment } from '../../domain/first-status.ts';
import type { Price } from '../../domain/money/price/price.ts';
import { normalizePromoCode } from '../../domain/money/promo.ts';
import type { PromoOffer } from '../../domain/money/promo.ts';
import type { Seller } from '../../domain/availability/offer.ts';
import { fingerprint, seal } from '../secrets/sealing.ts';
import type { Keyring } from '../secrets/sealing.ts';
import { hashToken, makeToken } from '../secrets/token.ts';

/** How long a guest's link works after the booking's end. */
const TOKEN_DAYS_AFTER_END = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What everybody who books says, whatever is booked. */
export interface NewBooking {
  readonly slug: string;
  readonly guest: Contact;
  readonly companions: readonly PartyMember[];
  readonly booker: Contact | null;
  readonly specialRequests: string | null;
  readonly promoCode: string | null;
  readonly source: BookingSource;
  readonly payment: StaffPayment;
  readonly actor: Actor;
}

export interface BookingDraft<Place> {
  readonly row: BookingRow<Place>;
  /** The booking as it will be answered, should the row be written. */
  readonly booking: BookingSnapshot;
  readonly guestToken: string;
}

interface DraftInput<Place> extends NewBooking {
  readonly keys: Keyring;
  readonly requestId: string | null;
  readonly property: Seller;
  /** The database's clock: the hold begins at it. */
  readonly now: Date;
  readonly bookingCode: string | null;
  readonly price: Price;
  readonly promo: PromoOffer | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** One of the two is what is booked. */
  readonly stay: BookingSnapshot['stay'];
  readonly appointment: BookingSnapshot['appointment'];
  readonly place: Place;
  /** What others hear that can be had no longer. */
  readonly taken: EventContent;
}

/** Decides every value of a new booking, so that one statement can write it and its answer is known beforehand. */
export function draftBooking<Place>(input: DraftInput<Place>): BookingDraft<Place> {
  const booking = describeBooking(input);
  const guestToken = makeToken();
  return { booking, guestToken, row: toRow(input, booking, guestToken) };
}

function describeBooking(input: DraftInput<unknown>): BookingSnapshot {
  const { price, property, bookingCode, stay, appointment } = input;
  if (bookingCode === null) throw new Error('Bug: a booking is drafted without a code');
  const now = input.now.toISOString();
  const { depositDue } = price;
  const status = chooseFirstStatus({ depositDue, approval: property.approval, payment: input.payment });
  const deadline = new Date(input.now.getTime() + property.holdMinutes * MINUTE_MS).toISOString();
  const { slug, name, timezone, phone } = property;
  return {
    id: randomUUIDv7(),
    code: bookingCode,
    kind: stay === null ? 'APPOINTMENT' : 'STAY',
    status,
    version: 1,
    source: input.source,
    property: { slug, name, timezone, phone },
    party: [{ ...input.guest, role: 'PRIMARY', isStaying: true }, ...input.companions],
    booker: input.booker,
    price,
    promoCode: input.promoCode && normalizePromoCode(input.promoCode),
    paidAmount: 0,
    waivedAmount: input.payment === 'WAIVED' ? price.totalPayable : 0,
    paymentStage: 'NONE',
    paymentProvider: null,
    payments: [],
    refunds: [],
    disputes: [],
    feeAmount: 0,
    specialRequests: input.specialRequests,
    startsAt: input.startsAt.toISOString(),
    endsAt: input.endsAt.toISOString(),
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
    stay,
    appointment,
    readAt: now,
  };
}

function toRow<Place>(input: DraftInput<Place>, booking: BookingSnapshot, guestToken: string): BookingRow<Place> {
  const { keys, price, promo } = input;
  const person = input.booker ?? input.guest;
  // Mostly it is one telephone, and sealing it takes longer than all else here.
  const phone = sealPhone(keys, person.phone);
  const status = booking.status as BookingRow<Place>['status'];
  return {
    id: booking.id,
    property_id: input.property.id,
    code: booking.code,
    kind: booking.kind,
    status,
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
    place: input.place,
    customer: { ...toCustomer(person), ...phone },
    party: booking.party.map((member) => ({
      role: member.role,
      first_name: member.firstName,
      last_name: member.lastName,
      email: member.email,
      ...(member.phone === person.phone ? phone : sealPhone(keys, member.phone)),
      is_staying: member.isStaying,
    })),
    guest_token: {
      id: randomUUIDv7(),
      token_hash: hashToken(guestToken),
      capabilities: BOOKING_TOKEN_CAPABILITIES,
      expires_at: new Date(Date.parse(booking.endsAt) + TOKEN_DAYS_AFTER_END * DAY_MS).toISOString(),
    },
    event: {
      actor_type: input.actor.type,
      actor_id: input.actor.id,
      actor_name: input.actor.name,
      request_id: input.requestId,
    },
    outbox: describeCreation({ bookingCode: booking.code, status, taken: input.taken }),
    promo_use: promo && { promo_id: promo.id, type: promo.type, value: promo.value },
    idempotency: null,
  };
}

function toCustomer(person: Contact): Omit<BookingRow<unknown>['customer'], keyof SealedPhone> {
  return {
    id: randomUUIDv7(),
    email_normalized: normalizeEmail(person.email),
    first_name: person.firstName,
    last_name: person.lastName,
    email: person.email,
  };
}

interface SealedPhone {
  readonly phone_sealed: string | null;
  readonly phone_hash: string | null;
}

/** A telephone number is stored encrypted, beside a fingerprint to find it by. */
function sealPhone(keys: Keyring, phone: string | null): SealedPhone {
  if (phone === null) return { phone_sealed: null, phone_hash: null };
  return { phone_sealed: seal(keys, phone), phone_hash: fingerprint(keys, normalizePhone(phone)) };
}
