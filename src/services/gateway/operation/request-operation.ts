import { randomUUIDv7 } from 'node:crypto';
import type { Prisma, Tx } from '../../../db/client.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Actor } from '../../../domain/booking.ts';

export interface OperationRequest {
  readonly booking: Pick<LockedBooking, 'id' | 'propertyId' | 'now'>;
  readonly paymentId: string;
  readonly kind: 'CREATE_SESSION' | 'EXPIRE_SESSION' | 'CAPTURE' | 'VOID' | 'REFUND';
  readonly params?: Prisma.InputJsonObject;
  /** For REFUND: which. */
  readonly refundId?: string;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Not asked for earlier than this. */
  readonly notBefore?: Date;
  /** The caller runs it right after the commit; should it die before, the drain takes over when the lease ends. */
  readonly runsAtOnce?: boolean;
}

/**
 * Writes down what the gateway is to do, before it is asked: beat one of three. Answers the operation's id.
 *
 * Locks: expects the booking's row locked.
 */
export async function requestOperation(tx: Tx, request: OperationRequest): Promise<string> {
  const { booking, paymentId, kind, actor, requestId } = request;
  const id = randomUUIDv7();
  await tx.gatewayOperation.create({
    data: {
      ...{ id, paymentId, kind, requestId, params: request.params ?? {} },
      ...{ propertyId: booking.propertyId, bookingId: booking.id },
      ...{ actorType: actor.type, actorId: actor.id, actorName: actor.name },
      ...(request.refundId !== undefined && { refundId: request.refundId }),
      ...(request.notBefore && { nextAttemptAt: request.notBefore }),
      leasedUntil: request.runsAtOnce === true ? new Date(booking.now.getTime() + LEASE_SECONDS * 1_000) : null,
    },
  });
  return id;
}
