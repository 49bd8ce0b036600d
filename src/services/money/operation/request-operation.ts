import { randomUUIDv7 } from 'node:crypto';
import type { Prisma, Tx } from '../../../db/client.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';

export interface OperationRequest {
  readonly booking: Pick<LockedBooking, 'id' | 'propertyId' | 'now'>;
  readonly paymentId: string;
  readonly kind: 'CREATE_SESSION' | 'EXPIRE_SESSION' | 'CAPTURE' | 'VOID' | 'REFUND';
  readonly params?: Prisma.InputJsonObject;
  /** The refund of a REFUND operation. */
  readonly refundId?: string;
  readonly author: Author;
  /** Earliest time of the request to the gateway. */
  readonly notBefore?: Date;
  /** The caller runs the operation right after the commit; after a crash the drain takes over when the lease ends. */
  readonly runsAtOnce?: boolean;
}

/**
 * Writes a gateway operation in phase one, before the call.
 *
 * A session has at most one open request to expire, which a further request joins.
 * Locks: expects the booking's row locked.
 * Returns: the operation's id, which is also its idempotency key.
 */
export async function requestOperation(tx: Tx, request: OperationRequest): Promise<string> {
  const { booking, paymentId, kind } = request;
  const { actor, requestId } = request.author;
  if (kind === 'EXPIRE_SESSION') {
    const open = await tx.gatewayOperation.findFirst({
      where: { paymentId, kind, state: { in: [...OPEN_STATES] } },
      select: { id: true },
    });
    if (open !== null) return open.id;
  }
  const id = randomUUIDv7();
  await tx.gatewayOperation.create({
    data: {
      id,
      paymentId,
      kind,
      requestId,
      params: request.params ?? {},
      propertyId: booking.propertyId,
      bookingId: booking.id,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
      ...(request.refundId !== undefined && { refundId: request.refundId }),
      ...(request.notBefore && { nextAttemptAt: request.notBefore }),
      leasedUntil: request.runsAtOnce === true ? new Date(booking.now.getTime() + LEASE_SECONDS * 1_000) : null,
    },
  });
  return id;
}
