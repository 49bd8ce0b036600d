import type { Context } from '../../../context.ts';
import type { Prisma } from '../../../db/client.ts';
import type { Queryable } from '../../../db/client.ts';
import { readClock } from '../../../db/connection/clock.ts';
import type {
  Address,
  BookingSnapshot,
  Contact,
  RecordedDispute,
  RecordedPayment,
  RecordedRefund,
} from '../../../domain/booking/booking.ts';
import { toPlainDate } from '../../../domain/time/calendar.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { addressPlace, bookerPlace, partyPlace } from '../secrets/sealed-columns.ts';
import { unseal } from '../secrets/sealing.ts';

/** The relations of a booking's snapshot, read in a constant number of queries for any number of bookings. */
const bookingInclude = {
  property: { select: { slug: true, name: true, timezone: true, phone: true } },
  promoUse: { select: { droppedAt: true, promo: { select: { code: true } } } },
  heldMove: { select: { expiresAt: true } },
  party: { orderBy: { id: 'asc' } },
  payments: { where: { stage: { not: 'NONE' } }, orderBy: { id: 'asc' } },
  refunds: { orderBy: { id: 'asc' } },
  disputes: { orderBy: { id: 'asc' } },
  stay: { include: { roomType: { select: { code: true, name: true } } } },
  appointment: {
    include: {
      service: { select: { code: true, name: true } },
      provider: { select: { code: true, name: true } },
      zone: { select: { code: true, name: true } },
    },
  },
  assignments: { where: { releasedAt: null }, include: { room: { select: { number: true, floor: true } } } },
} as const satisfies Prisma.BookingInclude;

type BookingRow = Prisma.BookingGetPayload<{ include: typeof bookingInclude }>;
type KeyConfig = Pick<Context, 'config'>;

/** Reads bookings by id, in the order of the ids. */
export async function readBookings(ctx: KeyConfig, db: Queryable, ids: readonly string[]): Promise<BookingSnapshot[]> {
  if (ids.length === 0) return [];
  const rows = await db.booking.findMany({ where: { id: { in: [...ids] } }, include: bookingInclude });
  const readAt = await readClock(db);
  const snapshots = new Map(rows.map((row) => [row.id, toSnapshot(ctx, row, readAt)]));
  return ids.flatMap((id) => snapshots.get(id) ?? []);
}

/** Reads a booking by id. A missing booking is a bug, because ids come from this database. */
export async function readBooking(ctx: KeyConfig, db: Queryable, id: string): Promise<BookingSnapshot> {
  const [booking] = await readBookings(ctx, db, [id]);
  if (booking === undefined) throw new Error(`Bug: booking ${id} does not exist`);
  return booking;
}

function toSnapshot(ctx: KeyConfig, row: BookingRow, readAt: Date): BookingSnapshot {
  const keys = ctx.config.ENCRYPTION_KEY;
  const phoneOf = (sealed: string | null) => (sealed === null ? null : unseal(keys, sealed, partyPlace(row.id)));
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    status: row.status,
    version: row.version,
    source: row.source,
    property: row.property,
    party: row.party.map(({ role, firstName, lastName, email, phoneSealed, isStaying }) => {
      return { role, firstName, lastName, email, phone: phoneOf(phoneSealed), isStaying };
    }),
    booker:
      row.bookerSealed === null ? null : (JSON.parse(unseal(keys, row.bookerSealed, bookerPlace(row.id))) as Contact),
    price: row.price as unknown as Price,
    promoCode: row.promoUse?.droppedAt === null ? row.promoUse.promo.code : null,
    paidAmount: Number(row.paidAmount),
    waivedAmount: Number(row.waivedAmount),
    paymentStage: row.paymentStage,
    paymentProvider: row.paymentProvider,
    payments: row.payments.map(toPayment),
    refunds: row.refunds.map(toRefund),
    disputes: row.disputes.map(toDispute),
    feeAmount: Number(row.feeAmount),
    moveExpiresAt: row.heldMove?.expiresAt.toISOString() ?? null,
    specialRequests: row.specialRequests,
    ...instantsOf(row),
    decision: toDecision(row),
    stay: toStay(row),
    appointment: toAppointment(ctx, row),
    readAt: readAt.toISOString(),
  };
}

function toPayment(row: BookingRow['payments'][number]): RecordedPayment {
  const { id, provider, method, stage, currency } = row;
  return {
    id,
    provider,
    method,
    stage,
    currency,
    amount: Number(row.amount),
    refundedAmount: Number(row.refundedAmount),
    walletHeld: row.isWalletHeld ? Number(row.walletAmount) : 0,
    // Callers see only the last four characters of a gateway's id.
    reference: row.intentId === null ? row.reference : `pi_…${row.intentId.slice(-4)}`,
    createdAt: row.createdAt.toISOString(),
  };
}

function toRefund(row: BookingRow['refunds'][number]): RecordedRefund {
  const { id, paymentId, currency, destination, state, origin, reason, lastError } = row;
  return {
    id,
    paymentId,
    currency,
    destination,
    state,
    origin,
    reason,
    lastError,
    amount: Number(row.amount),
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
  };
}

function toDispute(row: BookingRow['disputes'][number]): RecordedDispute {
  const { id, paymentId, currency, reason, status } = row;
  return {
    id,
    paymentId,
    currency,
    reason,
    status,
    amount: Number(row.amount),
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

function instantsOf(row: BookingRow) {
  const formatInstant = (instant: Date | null) => instant?.toISOString() ?? null;
  return {
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    expiresAt: formatInstant(row.expiresAt),
    captureBefore: formatInstant(row.captureBefore),
    reservedAt: formatInstant(row.reservedAt),
    confirmedAt: formatInstant(row.confirmedAt),
    paymentAuthorizedAt: formatInstant(row.paymentAuthorizedAt),
    paidAt: formatInstant(row.paidAt),
    checkedInAt: formatInstant(row.checkedInAt),
    checkedOutAt: formatInstant(row.checkedOutAt),
    cancelledAt: formatInstant(row.cancelledAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toDecision(row: BookingRow): BookingSnapshot['decision'] {
  if (row.decisionAt === null) return null;
  const { declineReasonCode, declineReasonNote } = row;
  return { by: row.decisionBy ?? 'SYSTEM', at: row.decisionAt.toISOString(), declineReasonCode, declineReasonNote };
}

function toStay(row: BookingRow): BookingSnapshot['stay'] {
  if (row.stay === null) return null;
  const assignment = row.assignments[0];
  return {
    roomType: row.stay.roomType,
    checkIn: toPlainDate(row.stay.checkInOn),
    checkOut: toPlainDate(row.stay.checkOutOn),
    adults: row.stay.adults,
    children: row.stay.children,
    assignmentVersion: row.stay.assignmentVersion,
    room: assignment
      ? { ...assignment.room, assignedAt: assignment.assignedAt.toISOString(), assignedBy: assignment.assignedBy }
      : null,
  };
}

function toAppointment(ctx: KeyConfig, { id, appointment }: BookingRow): BookingSnapshot['appointment'] {
  if (appointment === null) return null;
  const { service, provider, zone, adults, children, addressSealed } = appointment;
  const unsealed = addressSealed && unseal(ctx.config.ENCRYPTION_KEY, addressSealed, addressPlace(id));
  const address = unsealed === null ? null : (JSON.parse(unsealed) as Address);
  return { service, provider, zone, adults, children, address };
}
