import type { Payment, Prisma, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Actor } from '../../../domain/booking.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { AppError } from '../../../errors.ts';
import { postTransfers } from '../../ledger/post-transfers.ts';
import type { Transfer } from '../../ledger/post-transfers.ts';
import { earnRest } from '../../ledger/settle-earnings.ts';
import { recordEvent } from '../../transition/record-event.ts';
import { freeWalletPart } from '../../wallet/hold-wallet-part.ts';
import { assertCovers, lockWallet } from '../../wallet/lock-wallet.ts';
import { confirmPaid } from './confirm-paid.ts';
import { isSoundPrice } from './is-sound-price.ts';

export type FinalizationMode = 'WALLET' | 'WALLET_AND_GATEWAY' | 'GATEWAY' | 'MANUAL';

export interface Finalization {
  readonly booking: LockedBooking;
  readonly mode: FinalizationMode;
  /** What the customer's wallet is to pay, in minor units. */
  readonly walletAmount: number;
  /** What came in by card or by hand. */
  readonly amount: number;
  /** The payment that brought it; none for a wallet alone. */
  readonly payment: Payment | null;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** False when an ended hold is not to come back, because its nights are gone. */
  readonly revives?: boolean;
  /** For people who read the history: cash, or the end of the gateway's id. */
  readonly reason: string;
}

/** How a payment ended, for who asked and for the log. */
export interface FinalizedPayment {
  readonly status: 'FINALIZED' | 'ALREADY_FINALIZED';
  readonly message: string;
  readonly bookingCode: string;
  readonly newStatus: BookingStatus;
  /** All that was paid by it. */
  readonly finalAmount: number;
  readonly walletDeducted: number;
  readonly gatewayCharged: number;
}

/** What is paid after these ends is earned at once. After the others it goes back. */
const DELIVERED: readonly BookingStatus[] = ['COMPLETED', 'NO_SHOW'];

/**
 * Makes money that has come in count: the only way a booking becomes paid.
 *
 * The wallet's part is taken, every cent is posted in the ledger, and a hold or a request that is thereby paid is
 * confirmed, in the same transaction; where only a deposit came without a card and staff approve, it waits for them.
 * Locks: expects the booking locked; then the property's ledger, and with it the wallet.
 * Throws: insufficient_wallet_balance, amount_mismatch.
 * Idempotent: a payment that counts already is answered as it is.
 */
export async function finalizePayment(tx: Tx, input: Finalization): Promise<FinalizedPayment> {
  const { booking, mode, payment } = input;
  if (payment !== null && (await isPosted(tx, payment))) return describe(input, booking.status, 'ALREADY_FINALIZED');
  // The price is added up again from what the hold froze: nothing is sold for a sum that its own lines deny.
  const isGateway = mode === 'GATEWAY' || mode === 'WALLET_AND_GATEWAY';
  const isSound = await isSoundPrice(tx, booking);
  if (!isGateway && !isSound) throw new AppError('amount_mismatch');
  const walletPayment = await takeFromWallet(tx, input);
  await post(tx, input, walletPayment);
  const paidAmount = booking.paidAmount + input.amount + input.walletAmount;
  await notePaid(tx, input, paidAmount);
  const { actor, requestId, revives = true } = input;
  const paid = { booking, actor, requestId, isGateway, isByHand: mode === 'MANUAL', paidAmount, revives };
  const isPaid = isSound && paidAmount >= booking.depositDue;
  const newStatus = isPaid ? await confirmPaid(tx, paid) : booking.status;
  if (DELIVERED.includes(newStatus)) await earnRest(tx, input);
  return describe(input, newStatus, 'FINALIZED');
}

async function isPosted(tx: Tx, payment: Payment): Promise<boolean> {
  const posted = await tx.ledgerTransfer.findFirst({ where: { paymentId: payment.id, kind: 'PAYMENT' } });
  return posted !== null;
}

/** Frees what was set aside and takes what is due now. Answers the payment the wallet has thereby made. */
async function takeFromWallet(tx: Tx, { booking, payment, walletAmount }: Finalization): Promise<Payment | null> {
  if (payment !== null) await freeWalletPart(tx, booking, payment);
  if (walletAmount === 0) return null;
  assertCovers(await lockWallet(tx, booking), walletAmount, booking.currency);
  const { id: bookingId, propertyId, currency } = booking;
  const own = { provider: 'WALLET', method: 'WALLET', stage: 'CAPTURED' } as const;
  return tx.payment.create({ data: { ...own, bookingId, propertyId, currency, amount: walletAmount } });
}

async function post(tx: Tx, input: Finalization, walletPayment: Payment | null): Promise<void> {
  const { booking, mode, payment, amount, walletAmount, actor, requestId } = input;
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
  await postTransfers(tx, { ...booking, actor, requestId, transfers });
}

async function notePaid(tx: Tx, input: Finalization, paidAmount: number): Promise<void> {
  const { booking, mode, actor, requestId } = input;
  // What makes it "paid" is what had to be paid first; where nothing had to, it is all of it.
  const due = booking.depositDue > 0 ? booking.depositDue : booking.totalPayable;
  const isGateway = mode === 'GATEWAY' || mode === 'WALLET_AND_GATEWAY';
  const set: Prisma.BookingUncheckedUpdateInput = {
    paidAmount,
    paymentProvider: isGateway ? 'STRIPE' : mode,
    ...((isGateway || paidAmount >= booking.totalPayable) && { paymentStage: 'CAPTURED' }),
    ...(booking.paidAmount < due && paidAmount >= due && { paidAt: booking.now }),
  };
  await tx.booking.update({ where: { id: booking.id }, data: set });
  await recordEvent(tx, {
    ...{ booking, action: 'payment', actor, requestId, reason: input.reason },
    changes: { paidAmount: [booking.paidAmount, paidAmount] },
    announce: ['payment_success'],
  });
}

function describe(
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
