import type { RequestContext } from '../../../context.ts';
import type { Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author, BookingSnapshot, ManualMethod } from '../../../domain/booking/booking.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBooking } from '../../core/booking/lock-booking.ts';
import { isPastCutOff } from '../../../domain/booking/cut-off.ts';
import { isOverdue } from '../../../domain/booking/hold.ts';
import type { AmountNeeded } from '../../../domain/booking/amount-needed.ts';
import { UNCAPTURED_STAGES } from '../../../domain/money/payment-stage.ts';
import { isNothingOwed, isUnconfirmed } from '../../../domain/booking-status.ts';
import { logMilestone } from '../../core/log/log-action.ts';
import { closeOpenSession } from '../payment/close-open-session.ts';
import { finalizePayment } from '../payment/finalize/finalize-payment.ts';
import type { FinalizedPayment } from '../payment/finalize/finalize-payment.ts';
import { assertNothingInFlight, findCurrentPayment } from '../payment/find-current-payment.ts';
import { readAmountNeeded } from '../payment/read-amount-needed.ts';
import { logFinalized, logRefusedPayment } from '../payment/finalize/log-finalized.ts';

interface ManualPayment {
  readonly method: ManualMethod;
  readonly amount: number;
  readonly reference: string | null;
}

/**
 * Records a payment that staff took by hand.
 *
 * Payment in full confirms a hold. A deposit confirms under automatic approval, and otherwise waits for approval. Less
 * than a hold's deposit is refused, because an expired hold would leave money without a booking.
 * Throws: not_found, version_conflict, hold_expired, invalid_transition, already_paid, overpayment,
 * amount_mismatch, validation_failed.
 */
export async function recordManualPayment(
  ctx: RequestContext,
  input: BookingActionInput & ManualPayment,
): Promise<BookingSnapshot> {
  const { amount, method: reason } = input;
  const mode = 'MANUAL' as const;
  const outcome: { payment: FinalizedPayment | null; isNew: boolean } = { payment: null, isNew: false };
  const record = async (tx: Tx) => {
    const booking = await lockBooking(tx, input);
    assertPayable(booking, await readAmountNeeded(tx, booking), input);
    await assertNothingInFlight(tx, booking);
    await assertNoAuthorization(tx, booking);
    await closeOpenSession(tx, { booking, author: ctx.author });
    const payment = await insertPayment(tx, booking, { ...input, author: ctx.author });
    const counted = { booking, mode, amount, walletAmount: 0, payment, reason, author: ctx.author };
    outcome.payment = await finalizePayment(tx, counted);
    outcome.isNew = outcome.payment.newStatus !== booking.status;
    return booking.id;
  };
  const paid = await logRefusedPayment(ctx, { code: input.code, mode }, () =>
    actOnBooking(ctx, 'booking/payment', input, record),
  );
  ctx.nudge();
  if (outcome.payment !== null) logFinalized(ctx, { ...outcome.payment, mode });
  if (outcome.isNew && outcome.payment?.newStatus === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', paid);
  return paid;
}

function assertPayable(booking: LockedBooking, needed: AmountNeeded, { amount }: ManualPayment): void {
  // Nobody can approve a request whose time has passed, so its money would only be refunded.
  const isTooLate = isUnconfirmed(booking.status) && isPastCutOff(booking);
  if (booking.status === 'EXPIRED' || isOverdue(booking) || isTooLate) {
    throw new AppError('hold_expired', { detail: 'The hold has ended and its place may be sold. Book again.' });
  }
  if (isNothingOwed(booking.status)) {
    throw new AppError('invalid_transition', { detail: `Nothing is paid for a booking that is ${booking.status}.` });
  }
  const { waivedAmount, currency } = booking;
  const { balance: balanceDue, minimum: depositDue } = needed;
  if (balanceDue === 0) throw new AppError('already_paid', describeWaiver(booking));
  if (amount > balanceDue) {
    throw new AppError('overpayment', { ...describeWaiver(booking), extra: { balanceDue, waivedAmount, currency } });
  }
  if (amount < balanceDue) assertChargeable(currency, { amount });
  if (booking.status === 'PENDING_PAYMENT' && amount < depositDue) {
    throw new AppError('amount_mismatch', {
      detail: 'A hold is paid at once.',
      extra: { depositDue, currency },
    });
  }
}

/** Tells staff why less is due than the price less the payments. */
function describeWaiver({ waivedAmount }: LockedBooking): { readonly detail?: string } {
  if (waivedAmount === 0) return {};
  const detail =
    'A part of the price is waived; the history says why. A payment recorded by mistake is voided, not refunded.';
  return { detail };
}

async function insertPayment(
  tx: Tx,
  booking: LockedBooking,
  input: ManualPayment & { readonly author: Author },
): Promise<Payment> {
  const { id: bookingId, propertyId, currency } = booking;
  const { method, amount, reference } = input;
  const recordedBy = input.author.actor.id;
  const own = { provider: 'MANUAL', stage: 'CAPTURED' } as const;
  return tx.payment.create({
    data: { ...own, bookingId, propertyId, currency, method, amount, reference, recordedBy },
  });
}

/** Refuses while a card is authorized, because the decision on the booking captures or voids the authorization. */
async function assertNoAuthorization(tx: Tx, booking: LockedBooking): Promise<void> {
  const waiting = await findCurrentPayment(tx, booking, UNCAPTURED_STAGES);
  if (waiting === null) return;
  throw new AppError('payment_in_progress', { detail: 'A card is authorized for this booking.', retryAfterSeconds: 5 });
}
