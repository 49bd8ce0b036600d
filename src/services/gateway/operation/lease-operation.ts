import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import { GATEWAY_BUDGET_MS } from '../../../domain/ports/gateway.ts';

const LOOK_EVERY_MS = 100;

/** Takes an operation for the caller to run right after the commit; false while somebody else is at it. */
export async function leaseOperation(tx: Tx, id: string): Promise<boolean> {
  const leased = await tx.$executeRaw`
    UPDATE gateway_operations SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE id = ${id}::uuid AND state IN ('PENDING', 'UNKNOWN')
      AND (leased_until IS NULL OR leased_until <= (SELECT app_now()))`;
  return leased === 1;
}

/**
 * Waits until whoever runs the operation lets go of it, settled or not, but no longer than they may take.
 *
 * Occupies no connection while it waits.
 */
export async function awaitOperation(ctx: Context, id: string): Promise<void> {
  const deadline = performance.now() + GATEWAY_BUDGET_MS;
  while (performance.now() < deadline) {
    const { leasedUntil } = await ctx.db.gatewayOperation.findUniqueOrThrow({
      where: { id },
      select: { leasedUntil: true },
    });
    if (leasedUntil === null) return;
    await sleep(LOOK_EVERY_MS);
  }
}
