import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';
import { earnRest } from '../ledger/settle-earnings.ts';
import { giveBack } from '../refund/give-back.ts';
import { splitRefundable } from '../refund/split-refundable.ts';
import { waiveRefunded } from '../refund/waive-refunded.ts';
import { findCurrentPayment } from './find-current-payment.ts';

interface GivingMoneyBack {
  readonly booking: LockedBooking;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** What of the money that was paid stays with the property. */
  readonly fee?: number;
  readonly to?: 'ORIGINAL' | 'WALLET';
  readonly origin?: 'POLICY' | 'STAFF' | 'SYSTEM';
  readonly reason?: string | null;
}

/**
 * Writes down how a booking that ends gives the guest's money back: an open page is closed, an authorization voided, what
 * was paid is refunded but for the fee. Answers the operations to run.
 *
 * Locks: expects the booking locked.
 */
export async function giveMoneyBack(tx: Tx, input: GivingMoneyBack): Promise<string[]> {
  const { booking, actor, requestId, fee = 0, to = 'ORIGINAL', origin = 'SYSTEM', reason = null } = input;
  const request = { booking, actor, requestId, runsAtOnce: true };
  const operations: string[] = [];
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: open.id, kind: 'EXPIRE_SESSION' }));
  const authorized = await findCurrentPayment(tx, booking, ['AUTHORIZED']);
  if (authorized !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: authorized.id, kind: 'VOID' }));
  const { refundAmount, fee: kept } = await splitRefundable(tx, booking, fee);
  const giving = { booking, amount: refundAmount, to, origin, reason, actor, requestId };
  const { operationIds, missing } = await giveBack(tx, giving);
  await waiveRefunded(tx, booking, giving.amount - missing);
  if (kept > 0) await tx.booking.update({ where: { id: booking.id }, data: { feeAmount: kept } });
  await earnRest(tx, { booking, actor, requestId });
  return [...operations, ...operationIds];
}
