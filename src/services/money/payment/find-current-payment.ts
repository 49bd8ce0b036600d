import type { Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { PaymentStage } from '../../../domain/money/payment-stage.ts';
import { IN_FLIGHT_KINDS, OPEN_STATES } from '../../../domain/money/open-state.ts';
import { AppError } from '../../../errors.ts';

/** Finds the booking's latest gateway payment in one of these stages. Locks: expects the booking locked. */
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

/**
 * Refuses while a capture, void or refund is open at the gateway, except for the operations in `begun`.
 *
 * A transaction passes its own operations as `begun`. A refund waiting for its retry does not block: the gateway may
 * refuse a refund for weeks, and the ledger has reserved the amount already.
 * Throws: payment_in_progress.
 */
export async function assertNothingInFlight(
  tx: Tx,
  booking: Pick<LockedBooking, 'id' | 'now'>,
  {
    kinds = IN_FLIGHT_KINDS,
    begun = [],
  }: { kinds?: readonly (typeof IN_FLIGHT_KINDS)[number][]; begun?: readonly string[] } = {},
): Promise<void> {
  const waitingRefund = { kind: 'REFUND', state: 'PENDING', attempts: 0, nextAttemptAt: { gt: booking.now } } as const;
  const inFlight = await tx.gatewayOperation.findFirst({
    where: {
      bookingId: booking.id,
      state: { in: [...OPEN_STATES] },
      kind: { in: [...kinds] },
      id: { notIn: [...begun] },
      NOT: waitingRefund,
    },
    select: { kind: true },
  });
  if (inFlight === null) return;
  throw new AppError('payment_in_progress', {
    detail: `A ${inFlight.kind.toLowerCase()} is still under way at the gateway.`,
    retryAfterSeconds: 5,
  });
}
