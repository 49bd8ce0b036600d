// One lock order, so that two transactions never wait for each other in a circle:
//
//   idempotency key → reschedule turn (`services/desk/reschedule/take-turn.ts`) → room type
//     → inventory nights (by room type, then date) → providers (by id) → rooms (by id)
//     → bookings (by id) → promos → payments → the property's ledger
//     → inserts of audit and outbox
//
// A use case that needs a booking's nights or room reads the ids first, locks these rows, then the booking, and checks
// that the ids have not changed (`services/core/booking/lock-booking.ts`).

import type { PlainDate } from '../domain/time/calendar.ts';
import type { BookingKind, BookingStatus } from '../domain/booking-status.ts';
import type { PaymentStage } from '../domain/money/payment-stage.ts';
import type { Tx } from './client.ts';
import { TONIGHT } from './predicates.ts';

/** Locks a room type against new rooms, new nights and room blocks. */
export async function lockRoomType(tx: Tx, roomTypeId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 AS locked FROM room_types WHERE id = ${roomTypeId}::uuid FOR NO KEY UPDATE`;
}

/** Locks the nights [from, to) of a room type in date order. */
export async function lockNights(tx: Tx, range: { roomTypeId: string; from: PlainDate; to: PlainDate }): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 AS locked FROM inventory_nights
    WHERE room_type_id = ${range.roomTypeId}::uuid AND night >= ${range.from}::date AND night < ${range.to}::date
    ORDER BY night FOR NO KEY UPDATE`;
}

/** Locks rooms in the order of their ids. */
export async function lockRooms(tx: Tx, roomIds: readonly string[]): Promise<void> {
  if (roomIds.length === 0) return;
  await tx.$queryRaw`
    SELECT 1 AS locked FROM rooms WHERE id = ANY(${[...new Set(roomIds)]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** Locks providers in the order of their ids, against bookings of time and changes of hours. */
export async function lockProviders(tx: Tx, providerIds: readonly string[]): Promise<void> {
  if (providerIds.length === 0) return;
  await tx.$queryRaw`
    SELECT 1 AS locked FROM providers WHERE id = ANY(${[...new Set(providerIds)]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** Locks a property's ledger for posting. Concurrent posts wait, so accounts never deadlock. */
export async function lockLedger(tx: Tx, propertyId: string): Promise<void> {
  const lock = () =>
    tx.$queryRaw<object[]>`SELECT 1 AS locked FROM ledgers WHERE property_id = ${propertyId}::uuid FOR NO KEY UPDATE`;
  if ((await lock()).length > 0) return;
  await tx.$executeRaw`INSERT INTO ledgers (property_id) VALUES (${propertyId}::uuid) ON CONFLICT DO NOTHING`;
  await lock();
}

/** Facts for decisions about a booking, valid while the row is locked. */
export interface LockedBooking {
  readonly id: string;
  readonly propertyId: string;
  readonly customerId: string;
  readonly code: string;
  readonly kind: BookingKind;
  readonly status: BookingStatus;
  readonly version: number;
  readonly currency: string;
  readonly totalPayable: number;
  readonly depositDue: number;
  readonly paidAmount: number;
  readonly waivedAmount: number;
  /** Tax in the total. */
  readonly taxAmount: number;
  /** The property's setting when the booking was made. */
  readonly holdMinutes: number;
  readonly paymentStage: PaymentStage;
  /** True for a booking sold with a promo, also after the redemption was released, but not after it was dropped. */
  readonly hasPromo: boolean;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly expiresAt: Date | null;
  /** The database's clock after the lock was acquired. */
  readonly now: Date;
  /** The current date at the property. */
  readonly today: PlainDate;
  /** Date of the night under way: until check-out time that of the day before. For stays. */
  readonly tonight: PlainDate;
  readonly slug: string;
  /** The property's setting when the booking was made. */
  readonly approval: 'STAFF' | 'AUTOMATIC';
  readonly stay: LockedStay | null;
  readonly appointment: LockedAppointment | null;
  readonly room: LockedRoom | null;
}

export interface LockedStay {
  readonly roomTypeId: string;
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  /** Held nights are [checkIn, heldUntil). */
  readonly heldUntil: PlainDate;
  readonly assignmentVersion: number;
}

export interface LockedRoom {
  readonly id: string;
  readonly number: string;
  readonly assignmentId: string;
  /** First night in this room: the check-in, or the day of the room move. */
  readonly from: PlainDate;
}

export interface LockedAppointment {
  readonly serviceId: string;
  readonly providerId: string;
  /** Occupied time of the provider, buffers included, while the appointment is live. */
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
  readonly isLive: boolean;
}

/** Locks a booking's row and reads stay, appointment and room; null without such a booking. */
export async function lockBookingRow(tx: Tx, bookingId: string): Promise<LockedBooking | null> {
  await tx.$queryRaw`SELECT 1 AS locked FROM bookings WHERE id = ${bookingId}::uuid FOR NO KEY UPDATE`;
  // A second statement, because only a new statement sees commits that happened while the first waited for the lock.
  const rows = await tx.$queryRaw<LockedRow[]>`
    SELECT b.id, b.property_id, b.customer_id, b.code, b.kind::text, b.status::text, b.version, b.currency, b.total_payable, b.deposit_due,
      b.paid_amount, b.waived_amount, (b.price ->> 'taxAmount')::bigint AS tax_amount, b.hold_minutes, b.payment_stage::text, b.starts_at, b.ends_at, b.expires_at, app_now() AS now,
      to_char(app_now() AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today, ${TONIGHT} AS tonight, p.slug, b.approval::text,
      m.service_id, m.provider_id, m.occupied_from, m.occupied_until, m.is_live,
      s.room_type_id, s.check_in_on::text, s.check_out_on::text, s.held_until_on::text, s.assignment_version,
      a.id AS assignment_id, a.room_id, a.from_on::text AS room_from_on, r.number AS room_number,
      EXISTS (SELECT FROM promo_uses u WHERE u.booking_id = b.id AND u.dropped_at IS NULL) AS has_promo
    FROM bookings b
    JOIN properties p ON p.id = b.property_id
    LEFT JOIN stays s ON s.booking_id = b.id
    LEFT JOIN appointments m ON m.booking_id = b.id
    LEFT JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL
    LEFT JOIN rooms r ON r.id = a.room_id
    WHERE b.id = ${bookingId}::uuid`;
  const row = rows[0];
  return row === undefined ? null : toLockedBooking(row);
}

interface LockedRow {
  id: string;
  property_id: string;
  customer_id: string;
  code: string;
  kind: BookingKind;
  status: BookingStatus;
  version: number;
  currency: string;
  total_payable: bigint;
  deposit_due: bigint;
  paid_amount: bigint;
  waived_amount: bigint;
  tax_amount: bigint;
  hold_minutes: number;
  payment_stage: PaymentStage;
  starts_at: Date;
  ends_at: Date;
  expires_at: Date | null;
  now: Date;
  today: PlainDate;
  tonight: PlainDate;
  slug: string;
  approval: 'STAFF' | 'AUTOMATIC';
  service_id: string | null;
  provider_id: string | null;
  occupied_from: Date | null;
  occupied_until: Date | null;
  is_live: boolean | null;
  room_type_id: string | null;
  check_in_on: PlainDate | null;
  check_out_on: PlainDate | null;
  held_until_on: PlainDate | null;
  assignment_version: number | null;
  assignment_id: string | null;
  has_promo: boolean;
  room_id: string | null;
  room_number: string | null;
  room_from_on: PlainDate | null;
}

function toLockedBooking(row: LockedRow): LockedBooking {
  const { id, code, kind, status, version, currency, now, today, tonight, slug, approval } = row;
  return {
    id,
    code,
    kind,
    status,
    version,
    currency,
    now,
    today,
    tonight,
    slug,
    approval,
    propertyId: row.property_id,
    customerId: row.customer_id,
    totalPayable: Number(row.total_payable),
    depositDue: Number(row.deposit_due),
    paidAmount: Number(row.paid_amount),
    waivedAmount: Number(row.waived_amount),
    taxAmount: Number(row.tax_amount),
    holdMinutes: row.hold_minutes,
    paymentStage: row.payment_stage,
    hasPromo: row.has_promo,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    expiresAt: row.expires_at,
    stay: toLockedStay(row),
    appointment: toLockedAppointment(row),
    room: toLockedRoom(row),
  };
}

function toLockedRoom(row: LockedRow): LockedRoom | null {
  const { room_id: id, room_number: number, room_from_on: from, assignment_id: assignmentId } = row;
  if (id === null || number === null || from === null || assignmentId === null) return null;
  return { id, number, assignmentId, from };
}

function toLockedStay(row: LockedRow): LockedStay | null {
  if (row.room_type_id === null) return null;
  return {
    roomTypeId: row.room_type_id,
    checkIn: row.check_in_on ?? '',
    checkOut: row.check_out_on ?? '',
    heldUntil: row.held_until_on ?? '',
    assignmentVersion: row.assignment_version ?? 0,
  };
}

function toLockedAppointment(row: LockedRow): LockedAppointment | null {
  const { service_id: serviceId, provider_id: providerId, occupied_from: from, occupied_until: until } = row;
  if (serviceId === null || providerId === null || from === null || until === null) return null;
  return { serviceId, providerId, occupiedFrom: from, occupiedUntil: until, isLive: row.is_live === true };
}
