import type { RequestContext } from '../../../context.ts';
import type { Prisma, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import { readStartAt } from '../../stock/time/read-start.ts';
import { refuseSlotTaken } from '../../stock/time/refuse-slot-taken.ts';
import { describeSoldOut } from '../../selling/availability/describe-sold-out.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { readBooking } from '../../core/booking/booking-snapshot.ts';
import { getBooking } from '../../core/booking/get-booking.ts';
import { lockBookingByIdWithAllocation } from '../../core/booking/lock-booking.ts';
import { explainClaimRefusal } from '../../selling/hold/explain-claim-refusal.ts';
import { logExpiry } from '../../selling/hold/log-expiry.ts';
import type { ExpiredHold } from '../../selling/hold/log-expiry.ts';
import { releaseOverdueAppointments } from '../../selling/hold/release-overdue-appointments.ts';
import { capHold, isOverdue } from '../../../domain/booking/hold.ts';
import { releaseOverdueHolds } from '../../selling/hold/release-overdue-holds.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { actWithGateway } from '../../money/gateway/act-with-gateway.ts';
import type { AssertDone, GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { assertNothingInFlight } from '../../money/payment/find-current-payment.ts';
import { assertWithinPolicy } from '../../money/refund/policy/assert-within-policy.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import type { RecordedEvent } from '../../core/transition/record-event.ts';
import { dropRedemption } from '../../stock/redemption/drop-redemption.ts';
import { assertNoHeldMove } from './held/assert-no-held-move.ts';
import { holdMove } from './held/hold-move.ts';
import { readPlace } from './held/read-place.ts';
import { takeOverHeldMoves } from './held/take-over-held-moves.ts';
import { changeParty } from './change-party.ts';
import { moveAppointment } from './move/move-appointment.ts';
import { releaseNights, takeNewNights } from './move/move-stay.ts';
import { planMove } from './move/plan-move.ts';
import type { Destination, Move } from './move/plan-move.ts';
import { applyPrice } from './move/apply-price.ts';
import { shiftGuestLinks } from './move/shift-guest-links.ts';
import { confirmWithoutPayment } from './confirm-without-payment.ts';
import { takeTurn } from './take-turn.ts';

/** Bookings that are still to come. */
const MOVABLE: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'];
/** Errors that carry alternatives. */
const TAKEN: readonly ErrorCode[] = ['sold_out', 'slot_taken'];

interface Reschedule extends BookingActionInput {
  readonly to: Destination;
  /** Second action in the transaction, after the move. `begun` lists the gateway operations that the move requested. */
  readonly next?: ((tx: Tx, begun: readonly string[]) => Promise<FirstPhase>) | undefined;
  readonly assertDone?: AssertDone | undefined;
}

/**
 * Moves a booking to other nights, another time, party or address under its code.
 *
 * One transaction releases the old place and takes the new place, or changes nothing. Today's price applies: see
 * `applyPrice`. A hold keeps its deadline.
 * Throws: not_found, version_conflict, invalid_transition, hold_expired, payment_in_progress, the errors of a new
 * booking at the destination, sold_out and slot_taken with alternatives; change_not_allowed and too_many_holds for a
 * guest or an agent.
 */
export async function rescheduleBooking(ctx: RequestContext, input: Reschedule): Promise<GatewayAction> {
  let expired: readonly ExpiredHold[] = [];
  await takeOverHeldMoves(ctx, { propertyId: input.propertyId, codes: [input.code] });
  try {
    const begin = async (tx: Tx) => {
      const phase = await rescheduleBookingInTx(tx, ctx, input);
      expired = phase.expired;
      const second = (await input.next?.(tx, phase.operationIds)) ?? { operationIds: [] };
      return { ...phase, operationIds: [...phase.operationIds, ...second.operationIds] };
    };
    const moved = await actWithGateway(ctx, 'booking/reschedule', input, begin, input.assertDone);
    for (const hold of expired) logExpiry(ctx, hold);
    return moved;
  } catch (error) {
    if (error instanceof AppError && TAKEN.includes(error.code)) throw await describeRefusal(ctx, input);
    throw await explainClaimRefusal(ctx, error, { property: { id: input.propertyId }, person: null });
  }
}

interface Moved extends FirstPhase {
  /** Overdue holds that blocked the destination. */
  readonly expired: readonly ExpiredHold[];
}

async function rescheduleBookingInTx(tx: Tx, ctx: RequestContext, input: Reschedule): Promise<Moved> {
  const { propertyId, code } = input;
  const { author } = ctx;
  const { actor, requestId } = author;
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
  const expired = await releaseBlockingHolds(tx, { row, seen, plan, requestId });
  const providerIds = (plan.times ?? []).map(({ providerId }) => providerId);
  const booking = await lockBookingByIdWithAllocation(tx, { id: row.id, ifVersion: input.ifVersion, providerIds });
  assertMovable(booking.status, booking.kind);
  if (isOverdue(booking)) throw new AppError('hold_expired');
  const isStaff = actor.type === 'STAFF';
  if (!isStaff) await assertMayMove(tx, booking, plan.price.totalPayable);
  await assertNothingInFlight(tx, booking);
  // A dry run of staff takes nothing over.
  if (!ctx.request.isDryRun || !isStaff) await assertNoHeldMove(tx, booking);
  const before = await readPlace(tx, booking);
  const { appointment: old } = seen;
  const changes = {
    ...(await changePlace(tx, booking, plan)),
    ...(plan.party && old && (await changeParty(tx, { bookingId: booking.id, old, party: plan.party, keys }))),
  };
  const { set, changes: amounts, balance, operationIds } = await applyPrice(tx, { booking, price: plan.price, author });
  const isHeld = !isStaff && isPaidFirst(booking, plan, balance);
  if (isHeld) await holdMove(tx, { booking, plan, before, balance: balance.before });
  else if (plan.isPromoDropped) await dropRedemption(tx, booking);
  const { startsAt, endsAt, price } = plan;
  await shiftGuestLinks(tx, { bookingId: booking.id, endsAt });
  await tx.booking.update({
    where: { id: booking.id },
    data: { ...set, ...capHold(booking, plan), startsAt, endsAt } satisfies Change,
  });
  const isMoved = plan.nights !== null || plan.times !== null;
  await recordEvent(tx, {
    booking,
    action: isMoved ? 'reschedule' : 'change',
    author,
    changes: { ...changes, ...amounts, ...(plan.isPromoDropped && { promoCode: [seen.promoCode, null] as const }) },
    announce: isMoved ? ['booking_rescheduled', 'booking_updated'] : ['booking_updated'],
  });
  await confirmWithoutPayment(tx, { booking, depositDue: price.depositDue, requestId });
  // After every lock of the move, as for a new booking.
  if (actor.type !== 'STAFF') await tx.$queryRaw`SELECT judge_unpaid_share(${booking.id}::uuid)::text`;
  return { bookingId: booking.id, operationIds, expired };
}

/** Refuses a move that only the property may make. Throws: past_time, change_not_allowed. */
async function assertMayMove(tx: Tx, booking: LockedBooking, nextTotal: number): Promise<void> {
  if (booking.startsAt <= booking.now) {
    throw new AppError('past_time', { detail: 'The booking has begun; only staff can move it now.' });
  }
  await assertWithinPolicy(tx, booking, nextTotal);
}

/**
 * Tells whether a guest's move is held until it is paid: where everything is paid beforehand and the move costs more.
 *
 * Throws: change_not_allowed for a dearer address, because no address is kept to fall back to.
 */
function isPaidFirst(booking: LockedBooking, plan: Move, balance: { before: number; after: number }): boolean {
  const { depositDue, totalPayable } = plan.price;
  if (booking.status !== 'CONFIRMED' || balance.after <= balance.before || depositDue < totalPayable) return false;
  if (!plan.isNewAddress) return true;
  throw new AppError('change_not_allowed', {
    detail: 'With another address the booking costs more. Ask the property to change it.',
  });
}

type Change = Prisma.BookingUncheckedUpdateInput;
type Changes = NonNullable<RecordedEvent['changes']>;

function assertMovable(status: BookingStatus, kind: string): void {
  if (MOVABLE.includes(status)) return;
  if (status === 'EXPIRED') throw new AppError('hold_expired');
  const detail = `A ${kind.toLowerCase()} that is ${status} can't be moved.`;
  throw new AppError('invalid_transition', { detail, extra: { bookingStatus: status } });
}

/** Expires overdue holds that block the move. Locks: old and new nights or providers, before any booking. */
async function releaseBlockingHolds(
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

/** Releases the old place and takes the new place. Throws: sold_out, slot_taken. Returns: the changes. */
async function changePlace(tx: Tx, booking: LockedBooking, plan: Move): Promise<Changes> {
  const { stay } = booking;
  if (stay !== null && plan.nights !== null) {
    await releaseNights(tx, stay);
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

/** Returns the error with alternatives, found after the transaction so that no lock is held. */
async function describeRefusal(ctx: RequestContext, { propertyId, code, to }: Reschedule): Promise<AppError> {
  const booking = await getBooking(ctx, { propertyId, code });
  const { slug, timezone } = booking.property;
  const isStaff = ctx.author.actor.type === 'STAFF';
  if (to.kind === 'STAY') {
    const { checkIn, checkOut } = to;
    const { roomType, adults, children } = booking.stay ?? { roomType: { code: '' }, adults: 1, children: 0 };
    return describeSoldOut(ctx, {
      slug,
      isStaff,
      roomType: roomType.code,
      stay: { checkIn, checkOut, adults, children },
    });
  }
  const startsAt = readStartAt(to.startsAt ?? booking.startsAt, timezone);
  const service = booking.appointment?.service.code ?? '';
  return refuseSlotTaken(ctx, { slug, service, provider: to.provider ?? null, startsAt, timezone, isStaff });
}
