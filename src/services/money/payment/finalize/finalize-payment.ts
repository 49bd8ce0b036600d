import type { Payment, Prisma, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import type { Author } from '../../../../domain/booking/booking.ts';
import type { AmountNeeded } from '../../../../domain/booking/amount-needed.ts';
import type { BookingStatus } from '../../../../domain/booking-status.ts';
import { AppError } from '../../../../errors.ts';
import { postTransfers } from '../../ledger/post-transfers.ts';
import type { Transfer } from '../../ledger/post-transfers.ts';
import { recognizeRest } from '../../ledger/recognize-earnings.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';
import { releaseWalletPart } from '../../wallet/hold-wallet-part.ts';
import { assertSufficientFunds, lockWallet } from '../../wallet/lock-wallet.ts';
import { readAmountNeeded } from '../read-amount-needed.ts';
import { confirmPaid } from './confirm-paid.ts';
import { isSoundPrice } from './is-sound-price.ts';
import { findLinkMaker, guestTokenOf } from './link-maker.ts';

export type FinalizationMode = 'WALLET' | 'WALLET_AND_GATEWAY' | 'GATEWAY' | 'MANUAL';

export interface Finalization {
  readonly booking: LockedBooking;
  readonly mode: FinalizationMode;
  /** The wallet's part, in minor units. */
  readonly walletAmount: number;
  /** Amount received by card or by hand, in minor units. */
  readonly amount: number;
  /** The card or manual payment; null for a wallet alone. */
  readonly payment: Payment | null;
  readonly author: Author;
  /** False when an expired hold has lost its place. */
  readonly canRevive?: boolean;
  /** For the booking's history: the method, or the end of the gateway's id. */
  readonly reason: string;
}

/** The result of a finalization, for the caller and the log. */
export interface FinalizedPayment {
  readonly status: 'FINALIZED' | 'ALREADY_FINALIZED';
  readonly message: string;
  readonly bookingCode: string;
  readonly newStatus: BookingStatus;
  /** Total of wallet, card and manual payment, in minor units. */
  readonly finalAmount: number;
  readonly walletDeducted: number;
  readonly gatewayCharged: number;
}

/** A payment for a booking in these statuses is earned at once. Other ended bookings refund the payment. */
const EARNED_STATUSES: readonly BookingStatus[] = ['COMPLETED', 'NO_SHOW'];

/**
 * Finalizes a received payment. No other function makes a booking paid.
 *
 * One transaction debits the wallet's part, posts every amount in the ledger and confirms a paid hold or request. Under
 * approval by staff, a deposit without a card leaves the booking waiting for approval.
 * Locks: expects the booking locked; then the property's ledger, and with it the wallet.
 * Throws: insufficient_wallet_balance, amount_mismatch.
 * Idempotent: a posted payment returns ALREADY_FINALIZED.
 */
export async function finalizePayment(tx: Tx, input: Finalization): Promise<FinalizedPayment> {
  const { booking, mode, payment } = input;
  if (payment !== null && (await isPosted(tx, payment)))
    return describeResult(input, booking.status, 'ALREADY_FINALIZED');
  // The frozen price is added up again, so no booking is sold for a total that differs from its lines.
  const isGateway = mode === 'GATEWAY' || mode === 'WALLET_AND_GATEWAY';
  const isSound = await isSoundPrice(tx, booking);
  if (!isGateway && !isSound) throw new AppError('amount_mismatch');
  const needed = await readAmountNeeded(tx, booking);
  const walletPayment = await debitWalletPart(tx, input, needed.purpose);
  await post(tx, input, walletPayment);
  const received = input.amount + input.walletAmount;
  const isPaidInFull = received >= needed.balance;
  await recordPaid(tx, input, { received, isPaidInFull });
  const { author, canRevive = true } = input;
  const paid = { booking, author, isGateway, isByHand: mode === 'MANUAL', isPaidInFull, canRevive };
  const isPaid = isSound && received >= needed.minimum;
  const newStatus = isPaid ? await confirmPaid(tx, paid) : booking.status;
  if (EARNED_STATUSES.includes(newStatus)) await recognizeRest(tx, input);
  return describeResult(input, newStatus, 'FINALIZED');
}

async function isPosted(tx: Tx, payment: Payment): Promise<boolean> {
  const posted = await tx.ledgerTransfer.findFirst({ where: { paymentId: payment.id, kind: 'PAYMENT' } });
  return posted !== null;
}

/** Releases the reserved wallet part and debits the part due now. Returns: the wallet's payment, or null for none. */
async function debitWalletPart(
  tx: Tx,
  { booking, payment, walletAmount, author }: Finalization,
  due: AmountNeeded['purpose'],
): Promise<Payment | null> {
  if (payment !== null) await releaseWalletPart(tx, booking, payment);
  if (walletAmount === 0) return null;
  assertSufficientFunds(await lockWallet(tx, booking), walletAmount, booking.currency);
  const { id: bookingId, propertyId, currency } = booking;
  const own = { provider: 'WALLET', method: 'WALLET', stage: 'CAPTURED' } as const;
  const purpose = payment?.purpose ?? due;
  const guestTokenId = payment?.guestTokenId ?? guestTokenOf(author);
  const part = { purpose, amount: walletAmount, guestTokenId };
  return tx.payment.create({ data: { ...own, bookingId, propertyId, currency, ...part } });
}

async function post(tx: Tx, input: Finalization, walletPayment: Payment | null): Promise<void> {
  const { booking, mode, payment, amount, walletAmount, author } = input;
  const to = { kind: 'BOOKING', bookingId: booking.id } as const;
  const paid = { kind: 'PAYMENT', to, bookingId: booking.id } as const;
  const wallet = { kind: 'WALLET', customerId: booking.customerId } as const;
  const transfers: Transfer[] = [];
  if (walletPayment !== null)
    transfers.push({ ...paid, from: wallet, amount: walletAmount, paymentId: walletPayment.id });
  if (payment !== null) {
    const from = mode === 'MANUAL' ? { kind: 'MANUAL' as const, method: payment.method } : { kind: 'GATEWAY' as const };
    transfers.push({ ...paid, from, amount, paymentId: payment.id });
  }
  await postTransfers(tx, { ...booking, author, transfers });
}

async function recordPaid(
  tx: Tx,
  input: Finalization,
  { received, isPaidInFull }: { readonly received: number; readonly isPaidInFull: boolean },
): Promise<void> {
  const { booking, mode, author } = input;
  const paidAmount = booking.paidAmount + received;
  // The deposit makes a booking "paid"; without a deposit the total does. Waived amounts count as paid.
  const due = (booking.depositDue > 0 ? booking.depositDue : booking.totalPayable) - booking.waivedAmount;
  const isGateway = mode === 'GATEWAY' || mode === 'WALLET_AND_GATEWAY';
  const set: Prisma.BookingUncheckedUpdateInput = {
    paidAmount,
    paymentProvider: isGateway ? 'STRIPE' : mode,
    ...((isGateway || isPaidInFull) && { paymentStage: 'CAPTURED' }),
    ...(booking.paidAmount < due && paidAmount >= due && { paidAt: booking.now }),
  };
  await tx.booking.update({ where: { id: booking.id }, data: set });
  const linkMadeBy = await findLinkMaker(tx, input);
  await recordEvent(tx, {
    booking,
    action: 'payment',
    author,
    reason: input.reason,
    changes: {
      paidAmount: [booking.paidAmount, paidAmount],
      ...(linkMadeBy !== null && { linkMadeBy: [null, linkMadeBy] as const }),
    },
    announce: ['payment_success'],
  });
}

function describeResult(
  { booking, mode, amount, walletAmount }: Finalization,
  newStatus: BookingStatus,
  status: FinalizedPayment['status'],
): FinalizedPayment {
  const isNew = status === 'FINALIZED';
  const counted = isNew ? amount + walletAmount : 0;
  return {
    status,
    message: isNew ? `Paid; the booking is ${newStatus}.` : 'This payment counts already.',
    bookingCode: booking.code,
    newStatus,
    finalAmount: counted,
    walletDeducted: isNew ? walletAmount : 0,
    gatewayCharged: isNew && mode !== 'MANUAL' ? amount : 0,
  };
}
