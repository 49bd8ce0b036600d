import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { findCurrentPayment } from './find-current-payment.ts';
import { requestOperation } from '../operation/request-operation.ts';

/** Closes the open checkout session, to prevent a second payment. Locks: expects the booking locked. */
export async function closeOpenSession(
  tx: Tx,
  { booking, author }: { booking: LockedBooking; author: Author },
): Promise<void> {
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null) await requestOperation(tx, { booking, paymentId: open.id, kind: 'EXPIRE_SESSION', author });
}
