import { randomUUIDv7 } from 'node:crypto';
import type { BookingRow } from '../../../db/statements/booking-row.ts';
import { normalizeEmail } from '../../../domain/person/email.ts';
import { countryOfZone } from '../../../domain/person/country-of-zone.ts';
import { formatPhone, normalizePhone } from '../../../domain/person/phone.ts';
import type { Author, BookingSnapshot, BookingSource, Contact, PartyMember } from '../../../domain/booking/booking.ts';
import { BOOKING_TOKEN_CAPABILITIES } from '../../../domain/access/capabilities.ts';
import type { BookingKind } from '../../../domain/booking-status.ts';
import { describeCreation } from '../../../domain/feed/events.ts';
import type { EventContent } from '../../../domain/feed/events.ts';
import { assertPartyCounted } from '../../../domain/booking/party-size.ts';
import { chooseFirstStatus } from '../../../domain/booking/first-status.ts';
import { computeHoldDeadline } from '../../../domain/booking/hold.ts';
import type { StaffPayment } from '../../../domain/booking/first-status.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { normalizePromoCode } from '../../../domain/money/price/promo.ts';
import type { PromoOffer } from '../../../domain/money/price/promo.ts';
import type { Seller } from '../../../domain/availability/offer.ts';
import { bookerPlace, customerPlace, partyPlace } from '../../core/secrets/sealed-columns.ts';
import type { SealedPlace } from '../../core/secrets/sealed-columns.ts';
import { fingerprint, seal } from '../../core/secrets/sealing.ts';
import type { Keyring } from '../../core/secrets/sealing.ts';
import type { ClaimingNetwork } from '../hold/find-claiming-network.ts';
import type { CreatedBooking } from './created-booking.ts';
import { hashToken, makeToken } from '../../core/secrets/token.ts';

/** How long a guest's link works after the booking's end. */
const TOKEN_DAYS_AFTER_END = 30;
const DAY_MS = 86_400_000;

/** The part of a booking's request that is common to every kind. */
export interface NewBooking {
  readonly kind: BookingKind;
  readonly slug: string;
  readonly guest: Contact;
  readonly companions: readonly PartyMember[];
  readonly booker: Contact | null;
  readonly specialRequests: string | null;
  readonly promoCode: string | null;
  readonly source: BookingSource;
  readonly payment: StaffPayment;
}

/** The row to write, and the answer once it is written. */
export interface BookingDraft<Place> extends CreatedBooking {
  readonly row: BookingRow<Place>;
}

/** Values of the request's context that a draft needs. */
export interface DraftContext {
  readonly keys: Keyring;
  readonly author: Author;
  /** The caller's network and the share of the inventory that its unpaid bookings may take; null: no limit. */
  readonly network: ClaimingNetwork | null;
  /** A customer found by telephone; null where the statement finds the customer by e-mail address, or makes one. */
  readonly customerId: string | null;
}

interface DraftInput<Place> extends NewBooking, DraftContext {
  readonly property: Seller;
  /** Time of the database's clock at which the hold begins. */
  readonly now: Date;
  readonly bookingCode: string | null;
  readonly price: Price;
  readonly promo: PromoOffer | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** By the kind, `stay` or `appointment` is null. */
  readonly stay: BookingSnapshot['stay'];
  readonly appointment: BookingSnapshot['appointment'];
  /** Describes the place in the row of the booking with this id. */
  readonly place: (bookingId: string) => Place;
  /** Content of the `availability_changed` event. */
  readonly taken: EventContent;
}

/** Tells whether staff book; staff may do more than guests. */
export function isByStaff({ author }: { readonly author: Author }): boolean {
  return author.actor.type === 'STAFF';
}

/**
 * Decides every value of a new booking, so that one statement can write the booking and store the response.
 *
 * Throws: validation_failed when the party names more people than are counted.
 */
export function draftBooking<Place>(input: DraftInput<Place>): BookingDraft<Place> {
  const booking = describeBooking(input);
  const size = booking.stay ?? booking.appointment;
  if (size !== null) assertPartyCounted(booking.party, size);
  const guestToken = makeToken();
  return { booking, guestToken, row: toRow(input, booking, guestToken) };
}

function describeBooking(input: DraftInput<unknown>): BookingSnapshot {
  const { price, property, bookingCode, stay, appointment } = input;
  if (bookingCode === null) throw new Error('Bug: a booking is drafted without a code');
  const now = input.now.toISOString();
  const { depositDue } = price;
  const status = chooseFirstStatus({ depositDue, approval: property.approval, payment: input.payment });
  const deadline = computeHoldDeadline({ ...input, holdMinutes: property.holdMinutes }).toISOString();
  const { slug, name, timezone, phone } = property;
  const country = countryOfZone(timezone);
  return {
    id: randomUUIDv7(),
    code: bookingCode,
    kind: input.kind,
    status,
    version: 1,
    source: input.source,
    property: { slug, name, timezone, phone },
    party: [
      { ...withPhone(input.guest, country), role: 'PRIMARY', isStaying: true },
      ...input.companions.map((member) => withPhone(member, country)),
    ],
    booker: input.booker && withPhone(input.booker, country),
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
    moveExpiresAt: null,
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
  const person = booking.booker ?? booking.party[0] ?? input.guest;
  const customer = toCustomer(person, input.customerId);
  const { id, email_normalized: emailNormalized } = customer;
  const phone = sealPhone(keys, person.phone, customerPlace({ id, propertyId: input.property.id, emailNormalized }));
  const status = booking.status as BookingRow<Place>['status'];
  return {
    id: booking.id,
    property_id: input.property.id,
    code: booking.code,
    kind: booking.kind,
    status,
    approval: input.property.approval,
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
    booker_sealed: booking.booker && seal(keys, JSON.stringify(booking.booker), bookerPlace(booking.id)),
    special_requests: booking.specialRequests,
    place: input.place(booking.id),
    customer: { ...customer, ...phone },
    party: booking.party.map((member) => ({
      role: member.role,
      first_name: member.firstName,
      last_name: member.lastName,
      email: member.email,
      ...sealPhone(keys, member.phone, partyPlace(booking.id)),
      is_staying: member.isStaying,
    })),
    guest_token: {
      id: randomUUIDv7(),
      token_hash: hashToken(guestToken),
      capabilities: BOOKING_TOKEN_CAPABILITIES,
      expires_at: new Date(Date.parse(booking.endsAt) + TOKEN_DAYS_AFTER_END * DAY_MS).toISOString(),
    },
    event: {
      actor_type: input.author.actor.type,
      actor_id: input.author.actor.id,
      actor_name: input.author.actor.name,
      request_id: input.author.requestId,
    },
    outbox: describeCreation({ bookingCode: booking.code, status, taken: input.taken }),
    claim: claimOf(input, status, phone.phone_hash),
    promo_use: promo && { promo_id: promo.id, type: promo.type, value: promo.value },
    idempotency: null,
  };
}

/** Names whose claim the booking is. Staff are not limited, and a booking without a network only while it is a hold. */
function claimOf(
  input: Pick<DraftContext, 'author' | 'network'>,
  status: BookingSnapshot['status'],
  phoneHash: string | null,
): BookingRow<unknown>['claim'] {
  const { network } = input;
  if (isByStaff(input) || (network === null && status !== 'PENDING_PAYMENT')) return null;
  return { phone_hash: phoneHash, network_hash: network?.hash ?? null, network_share: network?.share ?? 1 };
}

function toCustomer(
  person: Pick<Contact, 'firstName' | 'lastName' | 'email'>,
  knownId: string | null,
): Omit<BookingRow<unknown>['customer'], keyof SealedPhone> {
  return {
    id: knownId ?? randomUUIDv7(),
    is_known: knownId !== null,
    email_normalized: person.email === null ? null : normalizeEmail(person.email),
    first_name: person.firstName,
    last_name: person.lastName,
    email: person.email,
  };
}

/** Returns a person with the telephone number as E.164, read in the property's country. */
function withPhone<Person extends { readonly phone: string | null }>(person: Person, country: string | null): Person {
  return person.phone === null ? person : { ...person, phone: formatPhone(person.phone, country) };
}

interface SealedPhone {
  readonly phone_sealed: string | null;
  readonly phone_hash: string | null;
}

/** Encrypts a telephone number and computes the fingerprint for searches. */
function sealPhone(keys: Keyring, phone: string | null, place: SealedPlace): SealedPhone {
  if (phone === null) return { phone_sealed: null, phone_hash: null };
  return { phone_sealed: seal(keys, phone, place), phone_hash: fingerprint(keys, normalizePhone(phone)) };
}
