import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { requestOperation } from '../operation/request-operation.ts';
import { recognizeRest } from '../ledger/recognize-earnings.ts';
import { refundFromPayments } from './refund-from-payments.ts';
import { splitRefundable } from './split-refundable.ts';
import { waiveBalance } from './record-waiver.ts';
import { findCurrentPayment } from '../payment/find-current-payment.ts';

interface EndedBooking {
  readonly booking: LockedBooking;
  readonly author: Author;
  /** The property's fee out of the paid money, in minor units. */
  readonly fee?: number;
  readonly to?: 'ORIGINAL' | 'WALLET';
  readonly origin?: 'POLICY' | 'STAFF' | 'SYSTEM';
  readonly reason?: string | null;
}

/**
 * Refunds the payments of a booking that ends, except for the fee, and releases open and authorized payments.
 *
 * An open checkout session is expired and an authorization is voided.
 * Locks: expects the booking locked.
 * Returns: ids of the gateway operations to run.
 */
export async function refundAndReleasePayments(tx: Tx, input: EndedBooking): Promise<string[]> {
  const { booking, author, fee = 0, to = 'ORIGINAL', origin = 'SYSTEM', reason = null } = input;
  const request = { booking, author, runsAtOnce: true };
  const operations: string[] = [];
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: open.id, kind: 'EXPIRE_SESSION' }));
  const authorized = await findCurrentPayment(tx, booking, ['AUTHORIZED']);
  if (authorized !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: authorized.id, kind: 'VOID' }));
  const { refundAmount, withheld, fee: kept } = await splitRefundable(tx, booking, { maxFee: fee, to });
  // The fee also counts withheld money, so that a won dispute refunds what the policy would have.
  const feeAmount = Math.max(kept, Math.min(fee, kept + withheld, booking.totalPayable));
  const refund = { booking, amount: refundAmount, to, origin, reason, author };
  const { operationIds, missing } = await refundFromPayments(tx, refund);
  await waiveBalance(tx, booking, { amount: refundAmount - missing, author, reason });
  if (feeAmount > 0) {
    await tx.booking.update({ where: { id: booking.id }, data: { feeAmount } });
    const changes = { feeAmount: [0, feeAmount] } as const;
    await recordEvent(tx, { booking, action: 'fee', author, reason, changes, announce: [] });
  }
  await recognizeRest(tx, { booking, author });
  return [...operations, ...operationIds];
}
