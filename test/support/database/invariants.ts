import type { Context } from '../../../src/context.ts';
import { numberEvents } from '../../../src/services/core/feed/number-events.ts';
import { checkInvariants } from '../../../src/services/platform/ops/check-invariants.ts';
import type { InvariantResult } from '../../../src/services/platform/ops/check-invariants.ts';

/** Everything that must never be and is, once the events are numbered that no sequencer of the test has seen to. */
export async function findViolations(ctx: Context): Promise<InvariantResult[]> {
  while ((await numberEvents(ctx)) > 0);
  return (await checkInvariants(ctx)).filter(({ count }) => count > 0);
}
