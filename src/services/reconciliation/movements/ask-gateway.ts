import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import { UNKNOWN_THERE } from '../../../domain/ports/gateway.ts';
import type { Gateway, GatewayAnswer } from '../../../domain/ports/gateway.ts';
import { AppError } from '../../../errors.ts';

/** How long somebody who compares is ready to wait. */
export interface Patience {
  /** How often a question is asked that gets no answer. */
  readonly tries: number;
  /** Nothing more is asked once this is aborted. */
  readonly stopping?: AbortSignal | undefined;
}

/** For somebody who waits for the answer: the gateway is asked once. */
export const AT_ONCE: Patience = { tries: 1 };
/** For long lists: one page that gets lost does not spoil them. */
export const PATIENTLY: Patience = { tries: 4 };

const FIRST_WAIT_MS = 250;

/**
 * Asks the gateway and answers what it says; null when it has no such thing.
 *
 * No answer is never taken for "nothing": half a list would look like money that is missing.
 * Throws: gateway_unavailable; whatever `stopping` was aborted with.
 */
export async function askGateway<T>(
  ctx: Pick<Context, 'gateway'>,
  { tries, stopping }: Patience,
  question: (gateway: Gateway) => Promise<GatewayAnswer<T>>,
): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    stopping?.throwIfAborted();
    const answer = await question(ctx.gateway);
    if (answer.kind === 'DONE') return answer.value;
    if (answer.kind === 'REFUSED' && answer.code === UNKNOWN_THERE) return null;
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
