import type { Context } from '../../context.ts';
import type { Prisma } from '../../db/client.ts';
import type { Queryable } from '../../db/client.ts';
import { readClock } from '../../db/clock.ts';
import type {
  Address,
  BookingSnapshot,
  Contact,
  RecordedDispute,
  RecordedPayment,
  RecordedRefund,
} from '../../domain/booking.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import type { Price } from '../../domain/money/price/price.ts';
import { unseal } from '../secrets/sealing.ts';

/** Everything a booking's answer is made of. A constant number of queries, however many bookings are read. */
const bookingInclude = {
  property: { select: { slug: true, name: true, timezone: true, phone: true } },
  promoUse: { select: { promo: { select: { code: true } } } },
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
type Reading = Pick<Context, 'config'>;

/** The bookings with these ids, in the order of the ids. */
export async function readBookings(ctx: Reading, db: Queryable, ids: readonly string[]): Promise<BookingSnapshot[]> {
  if (ids.length === 0) return [];
  const rows = await db.booking.findMany({ where: { id: { in: [...ids] } }, include: bookingInclude });
  const readAt = await readClock(db);
  const snapshots = new Map(rows.map((row) => [row.id, toSnapshot(ctx, row, readAt)]));
  return ids.flatMap((id) => snapshots.get(id) ?? []);
}

/** The booking with this id. A missing one is a bug: ids come from our own rows. */
export async function readBooking(ctx: Reading, db: Queryable, id: string): Promise<BookingSnapshot> {
  const [booking] = await readBookings(ctx, db, [id]);
  if (booking === undefined) throw new Error(`Bug: booking ${id} does not exist`);
  return booking;
}

function toSnapshot(ctx: Reading, row: BookingRow, readAt: Date): BookingSnapshot {
  const keys = ctx.config.ENCRYPTION_KEY;
  const phoneOf = (sealed: string | null) => (sealed === null ? null : unseal(keys, sealed));
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
    booker: row.bookerSealed === null ? null : (JSON.parse(unseal(keys, row.bookerSealed)) as Contact),
    price: row.price as unknown as Price,
    promoCode: row.promoUse?.promo.code ?? null,
    paidAmount: Number(row.paidAmount),
    waivedAmount: Number(row.waivedAmount),
    paymentStage: row.paymentStage,
    paymentProvider: row.paymentProvider,
    payments: row.payments.map(toPayment),
    refunds: row.refunds.map(toRefund),
    disputes: row.disputes.map(toDispute),
    feeAmount: Number(row.feeAmount),
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
    ...{ id, provider, method, stage, currency },
    amount: Number(row.amount),
    refundedAmount: Number(row.refundedAmount),
    walletHeld: row.isWalletHeld ? Number(row.walletAmount) : 0,
    // A gateway's id leaves the house only as its last four characters.
    reference: row.intentId === null ? row.reference : `pi_…${row.intentId.slice(-4)}`,
    createdAt: row.createdAt.toISOString(),
  };
}

function toRefund(row: BookingRow['refunds'][number]): RecordedRefund {
  const { id, paymentId, currency, destination, state, origin, reason } = row;
  return {
    ...{ id, paymentId, currency, destination, state, origin, reason },
    amount: Number(row.amount),
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
  };
}

function toDispute(row: BookingRow['disputes'][number]): RecordedDispute {
  const { id, paymentId, currency, reason, status } = row;
  return {
    ...{ id, paymentId, currency, reason, status },
    amount: Number(row.amount),
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

function instantsOf(row: BookingRow) {
  const spell = (instant: Date | null) => instant?.toISOString() ?? null;
  return {
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    expiresAt: spell(row.expiresAt),
    captureBefore: spell(row.captureBefore),
    reservedAt: spell(row.reservedAt),
    confirmedAt: spell(row.confirmedAt),
    paymentAuthorizedAt: spell(row.paymentAuthorizedAt),
    paidAt: spell(row.paidAt),
    checkedInAt: spell(row.checkedInAt),
    checkedOutAt: spell(row.checkedOutAt),
    cancelledAt: spell(row.cancelledAt),
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

function toAppointment(ctx: Reading, { appointment }: BookingRow): BookingSnapshot['appointment'] {
  if (appointment === null) return null;
  const { service, provider, zone, adults, children, addressSealed } = appointment;
  const address =
    addressSealed === null ? null : (JSON.parse(unseal(ctx.config.ENCRYPTION_KEY, addressSealed)) as Address);
  return { service, provider, zone, adults, children, address };
}
