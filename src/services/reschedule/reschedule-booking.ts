import type { Context } from '../../context.ts';
import type { Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { readStartAt } from '../slots/read-start.ts';
import { refuseSlotTaken } from '../slots/refuse-slot-taken.ts';
import { refuseSoldOut } from '../availability/refuse-sold-out.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { getBooking } from '../booking/get-booking.ts';
import { lockPlaceOf } from '../booking/lock-booking.ts';
import { logExpiry } from '../hold/log-expiry.ts';
import type { ExpiredHold } from '../hold/log-expiry.ts';
import { releaseOverdueAppointments } from '../hold/release-overdue-appointments.ts';
import { isOverdue, releaseOverdueHolds } from '../hold/release-overdue-holds.ts';
import { actWithGateway } from '../gateway/act-with-gateway.ts';
import type { AssertDone, FirstBeat, GatewayAction } from '../gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { assertWithinPolicy } from '../refund/assert-within-policy.ts';
import { recordEvent } from '../transition/record-event.ts';
import type { RecordedEvent } from '../transition/record-event.ts';
import { changeParty } from './change-party.ts';
import { moveAppointment } from './move/move-appointment.ts';
import { leaveNights, takeNewNights } from './move/move-stay.ts';
import { planMove } from './move/plan-move.ts';
import type { Destination, Move } from './move/plan-move.ts';
import { settlePrice } from './settle-price.ts';
import { shiftGuestLinks } from './move/shift-guest-links.ts';
import { standWithoutPayment } from './stand-without-payment.ts';
import { takeTurn } from './take-turn.ts';

/** Bookings that are still to come. */
const MOVABLE: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'];
/** Refusals that say what can be had instead. */
const TAKEN: readonly ErrorCode[] = ['sold_out', 'slot_taken'];

interface Reschedule extends BookingActionInput {
  readonly to: Destination;
  /** What else is done to it in the same transaction, once it is there; it is told what the move has `begun` at the gateway. */
  readonly next?: ((tx: Tx, begun: readonly string[]) => Promise<FirstBeat>) | undefined;
  readonly assertDone?: AssertDone | undefined;
}

/**
 * Moves a booking to other nights or another time, or to another party or address, under the same code; or changes nothing.
 *
 * The old place is left and the new one taken in one transaction. The price is that of today: see `settlePrice`. A hold
 * keeps its deadline.
 * Throws: not_found, version_conflict, invalid_transition, hold_expired, payment_in_progress, what stands against a new
 * booking there, sold_out and slot_taken with alternatives; change_not_allowed for a guest or an agent.
 */
export async function rescheduleBooking(ctx: Context, input: Reschedule): Promise<GatewayAction> {
  let ended: readonly ExpiredHold[] = [];
  try {
    const begin = async (tx: Tx) => {
      const beat = await move(ctx, tx, input);
      ended = beat.ended;
      const then = (await input.next?.(tx, beat.operationIds)) ?? { operationIds: [] };
      return { ...beat, operationIds: [...beat.operationIds, ...then.operationIds] };
    };
    const moved = await actWithGateway(ctx, 'booking/reschedule', input, begin, input.assertDone);
    for (const hold of ended) logExpiry(ctx, hold);
    return moved;
  } catch (error) {
    if (error instanceof AppError && TAKEN.includes(error.code)) throw await refuse(ctx, input);
    throw error;
  }
}

interface Moved extends FirstBeat {
  /** Holds past their deadline that were in the way. */
  readonly ended: readonly ExpiredHold[];
}

async function move(ctx: Context, tx: Tx, input: Reschedule): Promise<Moved> {
  const { propertyId, code, actor } = input;
  const requestId = ctx.request.id;
  const keys = ctx.config.ENCRYPTION_KEY;
  await takeTurn(tx, { propertyId, codes: [code] });
  const row = await tx.booking.findFirst({
    where: { propertyId, code },
    select: { id: true, stay: { select: { roomTypeId: true } }, appointment: { select: { providerId: true } } },
  });
  if (row === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  const seen = await readBooking(ctx, tx, row.id);
  assertMovable(seen.status, seen.kind);
  const plan = await planMove({ db: tx }, seen, { to: input.to, isStaff: actor.type === 'STAFF' });
  const ended = await clearTheWay(tx, { row, seen, plan, requestId });
  const providerIds = (plan.times ?? []).map(({ providerId }) => providerId);
  const booking = await lockPlaceOf(tx, { id: row.id, ifVersion: input.ifVersion, providerIds });
  assertMovable(booking.status, booking.kind);
  if (isOverdue(booking)) throw new AppError('hold_expired');
  if (actor.type !== 'STAFF') {
    if (booking.startsAt <= booking.now) {
      throw new AppError('past_time', { detail: 'It has begun; only staff can move it now.' });
    }
    await assertWithinPolicy(tx, booking, plan.price.totalPayable);
  }
  await assertNothingInFlight(tx, booking);
  const { appointment: old } = seen;
  const changes = {
    ...(await changePlace(tx, booking, plan)),
    ...(plan.party && old && (await changeParty(tx, { bookingId: booking.id, old, party: plan.party, keys }))),
  };
  const { set, operationIds } = await settlePrice(tx, { booking, price: plan.price, actor, requestId });
  const { startsAt, endsAt, price } = plan;
  await shiftGuestLinks(tx, { bookingId: booking.id, endsAt });
  await tx.booking.update({ where: { id: booking.id }, data: { ...set, startsAt, endsAt } satisfies Change });
  const isMoved = plan.nights !== null || plan.times !== null;
  await recordEvent(tx, {
    ...{ booking, action: isMoved ? 'reschedule' : 'change', actor, requestId },
    changes: { ...changes, totalPayable: [booking.totalPayable, price.totalPayable] },
    announce: isMoved ? ['booking_rescheduled', 'booking_updated'] : ['booking_updated'],
  });
  await standWithoutPayment(tx, { booking, depositDue: price.depositDue, requestId });
  return { bookingId: booking.id, operationIds, ended };
}

type Change = Prisma.BookingUncheckedUpdateInput;
type Changes = NonNullable<RecordedEvent['changes']>;

function assertMovable(status: BookingStatus, kind: string): void {
  if (MOVABLE.includes(status)) return;
  if (status === 'EXPIRED') throw new AppError('hold_expired');
  const detail = `A ${kind.toLowerCase()} that is ${status} can't be moved.`;
  throw new AppError('invalid_transition', { detail, extra: { bookingStatus: status } });
}

/** Ends holds past their deadline that are in the way. Locks old and new nights or providers, before any booking. */
async function clearTheWay(
  tx: Tx,
  input: {
    row: { stay: { roomTypeId: string } | null; appointment: { providerId: string } | null };
    seen: BookingSnapshot;
    plan: Move;
    requestId: string | null;
  },
): Promise<ExpiredHold[]> {
  const { row, seen, plan, requestId } = input;
  const { times } = plan;
  if (row.stay !== null && seen.stay !== null && plan.nights !== null) {
    const dates = [seen.stay.checkIn, seen.stay.checkOut, plan.nights.checkIn, plan.nights.checkOut].toSorted();
    const [from = '', to = ''] = [dates[0], dates.at(-1)];
    return releaseOverdueHolds(tx, { roomTypeId: row.stay.roomTypeId, from, to, requestId });
  }
  const time = times?.[0];
  if (row.appointment !== null && times !== null && time !== undefined) {
    const providers = [row.appointment.providerId, ...times.map((each) => each.providerId)].map((id) => ({ id }));
    const [from, until] = [time.occupiedFrom.getTime(), time.occupiedUntil.getTime()];
    return releaseOverdueAppointments(tx, { providers, from, until, requestId });
  }
  return [];
}

/** Leaves the old place and takes the new one; answers what has changed. Throws: sold_out, slot_taken. */
async function changePlace(tx: Tx, booking: LockedBooking, plan: Move): Promise<Changes> {
  const { stay } = booking;
  if (stay !== null && plan.nights !== null) {
    await leaveNights(tx, stay);
    if (!(await takeNewNights(tx, { booking, stay, to: plan.nights }))) throw new AppError('sold_out');
    const { checkIn, checkOut } = plan.nights;
    return { checkIn: [stay.checkIn, checkIn], checkOut: [stay.checkOut, checkOut] };
  }
  if (plan.times === null) return {};
  const time = await moveAppointment(tx, { booking, times: plan.times });
  if (time === null) throw new AppError('slot_taken');
  const id = booking.appointment?.providerId ?? '';
  const { code } = await tx.provider.findUniqueOrThrow({ where: { id }, select: { code: true } });
  return { startsAt: [booking.startsAt.toISOString(), plan.startsAt.toISOString()], provider: [code, time.provider] };
}

/** The refusal with what can be had instead, looked up once nothing is locked any more. */
async function refuse(ctx: Context, { propertyId, code, actor, to }: Reschedule): Promise<AppError> {
  const booking = await getBooking(ctx, { propertyId, code });
  const { slug, timezone } = booking.property;
  const isStaff = actor.type === 'STAFF';
  if ('checkIn' in to) {
    const { roomType, adults, children } = booking.stay ?? { roomType: { code: '' }, adults: 1, children: 0 };
    return refuseSoldOut(ctx, { slug, isStaff, roomType: roomType.code, stay: { ...to, adults, children } });
  }
  const startsAt = readStartAt(to.startsAt ?? booking.startsAt, timezone);
  const service = booking.appointment?.service.code ?? '';
  return refuseSlotTaken(ctx, { slug, service, provider: to.provider ?? null, startsAt, timezone, isStaff });
}
