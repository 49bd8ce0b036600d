import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../../context.ts';
import { RESOURCE_MISSING } from '../../../../domain/ports/gateway.ts';
import type { Gateway, GatewayResult } from '../../../../domain/ports/gateway.ts';
import { AppError } from '../../../../errors.ts';

/** Attempts per query, and the signal that stops the run. */
export interface RetryPolicy {
  /** Attempts for a query without an answer. */
  readonly tries: number;
  /** Aborting stops further queries. */
  readonly stopping?: AbortSignal | undefined;
}

/** For interactive requests: one attempt. */
export const NO_RETRIES: RetryPolicy = { tries: 1 };
/** For long lists: a lost response of one page does not fail the whole list. */
export const WITH_RETRIES: RetryPolicy = { tries: 4 };

const FIRST_WAIT_MS = 250;

/**
 * Queries the gateway, with retries.
 *
 * A missing answer throws, because an incomplete list would look like missing money.
 * Throws: gateway_unavailable; the reason `stopping` was aborted with.
 * Returns: the answer's value; null when the gateway has no such object.
 */
export async function queryGateway<T>(
  ctx: Pick<Context, 'gateway'>,
  { tries, stopping }: RetryPolicy,
  query: (gateway: Gateway) => Promise<GatewayResult<T>>,
): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    stopping?.throwIfAborted();
    const answer = await query(ctx.gateway);
    if (answer.kind === 'DONE') return answer.value;
    if (answer.kind === 'REFUSED' && answer.code === RESOURCE_MISSING) return null;
    if (answer.kind === 'REFUSED' || attempt >= tries) {
      throw new AppError('gateway_unavailable', {
        detail:
          'The payment gateway did not answer everything in time, so nothing can be said. Ask again, or for fewer days.',
        cause: answer,
      });
    }
    await sleep(FIRST_WAIT_MS * 2 ** attempt, undefined, stopping && { signal: stopping });
  }
}
