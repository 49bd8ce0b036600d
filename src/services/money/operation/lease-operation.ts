import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import { isOpen, isUnleased } from '../../../db/predicates.ts';
import { GATEWAY_BUDGET_MS } from '../../../domain/ports/gateway.ts';

const POLL_INTERVAL_MS = 100;

/** Leases an operation, to run right after the commit. Returns: false while another process holds the lease. */
export async function leaseOperation(tx: Tx, id: string): Promise<boolean> {
  const leased = await tx.$executeRaw`
    UPDATE gateway_operations o SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE o.id = ${id}::uuid AND ${isOpen('o')} AND ${isUnleased('o')}`;
  return leased === 1;
}

/**
 * Waits until the lease of an operation is released, at most for the gateway's time budget.
 *
 * Occupies no pool connection between two polls.
 */
export async function awaitOperation(ctx: Context, id: string): Promise<void> {
  const deadline = performance.now() + GATEWAY_BUDGET_MS;
  while (performance.now() < deadline) {
    const { leasedUntil } = await ctx.db.gatewayOperation.findUniqueOrThrow({
      where: { id },
      select: { leasedUntil: true },
    });
    if (leasedUntil === null) return;
    await sleep(POLL_INTERVAL_MS);
  }
}
