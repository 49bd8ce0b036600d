import type { RequestContext } from '../../../context.ts';
import type { Payment, Prisma, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { isUnconfirmed } from '../../../domain/booking-status.ts';
import { computeAmountNeeded } from '../../../domain/booking/amount-needed.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { computeHoldDeadline } from '../../../domain/booking/hold.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { withDeposit } from '../../../domain/money/price/with-deposit.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { reverseEarnings } from '../ledger/recognize-earnings.ts';
import { PAYMENT_STAGES } from '../../../domain/money/payment-stage.ts';
import { findCurrentPayment } from '../payment/find-current-payment.ts';
import { sumOpenRefunds } from '../payment/sum-open-refunds.ts';

/** NONE is a card payment without a checkout session. */
const CARD_STAGES = PAYMENT_STAGES.filter((stage) => stage !== 'NONE');

interface PaymentToVoid extends BookingActionInput {
  readonly paymentId: string;
  readonly reason: string;
}

/**
 * Voids a payment that staff recorded by hand by mistake: no money moves, and the booking owes the amount again.
 *
 * A confirmed booking stays confirmed and owes the amount as balance. A request whose deposit it was can be paid again
 * for as long as a hold lasts.
 * Idempotent: a voided payment stays voided.
 * Throws: not_found, version_conflict; invalid_transition for a card or wallet payment, and after a refund of it.
 */
export async function voidManualPayment(ctx: RequestContext, input: PaymentToVoid): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/payment-void', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    const payment = await findVoidable(tx, booking, input.paymentId);
    if (payment === null) return booking.id;
    const amount = Number(payment.amount);
    await tx.payment.update({ where: { id: payment.id }, data: { stage: 'VOIDED' } });
    await reverseEarnings(tx, { booking, amount, author: ctx.author });
    const { id: bookingId, propertyId, currency } = booking;
    const from = { kind: 'BOOKING', bookingId } as const;
    const to = { kind: 'MANUAL', method: payment.method } as const;
    const transfer = { kind: 'PAYMENT_VOIDED', from, to, amount, bookingId, paymentId: payment.id } as const;
    const transfers = [{ ...transfer, reason: input.reason }];
    await postTransfers(tx, { propertyId, currency, author: ctx.author, transfers });
    await applyVoid(tx, ctx, { booking, amount, reason: input.reason });
    return booking.id;
  });
}

/** Finds the payment to void; null when it is voided already. Throws: not_found, invalid_transition. */
async function findVoidable(tx: Tx, booking: LockedBooking, paymentId: string): Promise<Payment | null> {
  const payment = await tx.payment.findFirst({
    where: { id: paymentId, bookingId: booking.id },
    include: { refunds: { where: { state: { in: [...OPEN_STATES] } }, select: { id: true } } },
  });
  if (payment === null) throw new AppError('not_found', { detail: 'There is no such payment of this booking.' });
  const refuse = (detail: string) => new AppError('invalid_transition', { detail, extra: { stage: payment.stage } });
  if (payment.provider !== 'MANUAL') {
    throw refuse('Only a payment recorded by hand can be voided. Refund a card or wallet payment.');
  }
  if (payment.stage === 'VOIDED') return null;
  if (payment.stage !== 'CAPTURED' || payment.refundedAmount > 0 || payment.refunds.length > 0) {
    throw refuse('This payment was refunded, or a refund of it is open. A refunded payment can not be voided.');
  }
  return payment;
}

/** Writes what the booking is now paid, and the history. Locks: expects the booking locked. */
async function applyVoid(
  tx: Tx,
  { author }: Pick<RequestContext, 'author'>,
  { booking, amount, reason }: { booking: LockedBooking; amount: number; reason: string },
): Promise<void> {
  const { id, status } = booking;
  const paidAmount = booking.paidAmount - amount;
  const row = await tx.booking.findUniqueOrThrow({ where: { id }, select: { price: true, feeAmount: true } });
  const before = { ...booking, feeAmount: Number(row.feeAmount) };
  // Nothing confirms a booking twice: what a confirmed booking has not paid of its deposit becomes balance.
  const covered = paidAmount + booking.waivedAmount;
  const depositDue = isUnconfirmed(status) ? booking.depositDue : Math.min(booking.depositDue, covered);
  const after = { ...before, paidAmount, depositDue, feeAmount: Math.min(before.feeAmount, paidAmount) };
  const price = { ...withDeposit(row.price as unknown as Price, depositDue) } as unknown as Prisma.InputJsonObject;
  await tx.booking.update({
    where: { id },
    data: {
      paidAmount,
      feeAmount: after.feeAmount,
      ...(depositDue !== booking.depositDue && { depositDue, price }),
      ...(covered === 0 && { paidAt: null }),
      ...(await chooseStage(tx, after)),
    },
  });
  const changed = (['paidAmount', 'depositDue', 'feeAmount'] as const).filter((name) => before[name] !== after[name]);
  const changes = Object.fromEntries(changed.map((name) => [name, [before[name], after[name]] as const]));
  await recordEvent(tx, { booking, action: 'payment-void', author, reason, changes, announce: ['booking_updated'] });
}

/** Chooses the stage of a booking after the void, and the deadline to pay a request again. */
async function chooseStage(tx: Tx, booking: LockedBooking): Promise<Prisma.BookingUncheckedUpdateInput> {
  const needed = computeAmountNeeded({ ...booking, refunding: await sumOpenRefunds(tx, booking) });
  if (booking.status === 'PENDING_APPROVAL' && needed.minimum > 0) {
    return { paymentStage: 'FAILED', expiresAt: computeHoldDeadline(booking) };
  }
  const card = await findCurrentPayment(tx, booking, CARD_STAGES);
  // Nothing is owed for a cancelled booking; without any payment it is not paid either.
  const isPaid = needed.balance === 0 && booking.paidAmount + booking.waivedAmount > 0;
  return { paymentStage: card?.stage ?? (isPaid ? 'CAPTURED' : 'NONE') };
}
