import type { Payment, Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { PaymentStage } from '../../domain/payment-stage.ts';
import { AppError } from '../../errors.ts';

/** The booking's latest gateway payment in one of these stages. Expects the booking locked. */
export async function findCurrentPayment(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
  stages: readonly PaymentStage[],
): Promise<Payment | null> {
  return tx.payment.findFirst({
    where: { bookingId: booking.id, provider: 'STRIPE', stage: { in: [...stages] } },
    orderBy: { id: 'desc' },
  });
}

const IN_FLIGHT = ['CAPTURE', 'VOID', 'REFUND'] as const;

/**
 * Refuses while the gateway is still to say how a capture, void or refund ended, but for those that the same transaction
 * has `begun`.
 *
 * Throws: payment_in_progress.
 */
export async function assertNothingInFlight(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
  { kinds = IN_FLIGHT, begun = [] }: { kinds?: readonly (typeof IN_FLIGHT)[number][]; begun?: readonly string[] } = {},
): Promise<void> {
  await refuseWhile(tx, booking, { kind: { in: [...kinds] }, id: { notIn: [...begun] } });
}

/**
 * The same for a booking that is to end: a refund that was refused and will be asked for again later is in nobody's way.
 *
 * It may be refused for weeks, and its money is set aside already. Throws: payment_in_progress.
 */
export async function assertMayEnd(
  tx: Tx,
  booking: Pick<LockedBooking, 'id' | 'now'>,
  { begun = [] }: { begun?: readonly string[] } = {},
): Promise<void> {
  const waits = { kind: 'REFUND', state: 'PENDING', attempts: 0, nextAttemptAt: { gt: booking.now } } as const;
  await refuseWhile(tx, booking, { kind: { in: [...IN_FLIGHT] }, id: { notIn: [...begun] }, NOT: waits });
}

async function refuseWhile(
  tx: Tx,
  booking: Pick<LockedBooking, 'id'>,
  which: Prisma.GatewayOperationWhereInput,
): Promise<void> {
  const inFlight = await tx.gatewayOperation.findFirst({
    where: { ...which, bookingId: booking.id, state: { in: ['PENDING', 'UNKNOWN'] } },
    select: { kind: true },
  });
  if (inFlight === null) return;
  throw new AppError('payment_in_progress', {
    detail: `A ${inFlight.kind.toLowerCase()} is still under way at the gateway.`,
    retryAfterSeconds: 5,
  });
}
