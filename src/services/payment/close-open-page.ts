import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { findCurrentPayment } from './find-current-payment.ts';
import { requestOperation } from '../gateway/operation/request-operation.ts';

/** What is settled otherwise is not to be paid by card as well: an open page is closed. Expects the booking locked. */
export async function closeOpenPage(
  tx: Tx,
  { booking, actor, requestId }: { booking: LockedBooking; actor: Actor; requestId: string | null },
): Promise<void> {
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null)
    await requestOperation(tx, { booking, paymentId: open.id, kind: 'EXPIRE_SESSION', actor, requestId });
}
