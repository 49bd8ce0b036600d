import type { Context } from '../../../../context.ts';
import type { GatewayBalanceTransaction, GatewayPage } from '../../../../domain/ports/gateway.ts';
import { AppError } from '../../../../errors.ts';
import { queryGateway } from './query-gateway.ts';
import type { RetryPolicy } from './query-gateway.ts';
import { mapInParallel } from './map-in-parallel.ts';

/** A time range, end excluded. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export type ReadMovements = (
  ctx: Context,
  span: Span,
  retryPolicy: RetryPolicy,
) => Promise<readonly GatewayBalanceTransaction[]>;

/** Pages of a list are sequential, so days are read concurrently; far below Stripe's limit of 100 reads per second. */
const DAYS_AT_ONCE = 6;
const DAY_MS = 86_400_000;

/** Reads all movements of the gateway's account in the span, of any property. Throws: gateway_unavailable. */
export async function readMovements(
  ctx: Context,
  span: Span,
  retryPolicy: RetryPolicy,
): Promise<GatewayBalanceTransaction[]> {
  const days = await mapInParallel(sliceSpan(span, 1), DAYS_AT_ONCE, (day) => readDay(ctx, day, retryPolicy));
  return days.flat();
}

/**
 * Creates a reader that caches movements per span, because properties of one time zone share their days.
 *
 * Cached movements do not expire, so a reader serves one run over many properties.
 */
export function cacheMovements(): ReadMovements {
  const cached = new Map<string, Promise<readonly GatewayBalanceTransaction[]>>();
  return (ctx, span, retryPolicy) => {
    const key = `${String(span.from.getTime())} ${String(span.to.getTime())}`;
    const movements = cached.get(key) ?? readMovements(ctx, span, retryPolicy);
    cached.set(key, movements);
    return movements;
  };
}

async function readDay(
  ctx: Context,
  { from, to }: Span,
  retryPolicy: RetryPolicy,
): Promise<GatewayBalanceTransaction[]> {
  const movements: GatewayBalanceTransaction[] = [];
  const span = { from: from.toISOString(), to: to.toISOString() };
  let cursor: string | null = null;
  do {
    const at: string | null = cursor;
    const page: GatewayPage<GatewayBalanceTransaction> | null = await queryGateway(ctx, retryPolicy, (gateway) =>
      gateway.listBalanceTransactions({ ...span, cursor: at }),
    );
    if (page === null)
      throw new AppError('gateway_unavailable', {
        detail: 'The payment gateway lost its place in its own list.',
      });
    movements.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return movements;
}

/** Slices a span into pieces of `days` times 24 hours; the last piece may be shorter. */
export function sliceSpan({ from, to }: Span, days: number): Span[] {
  const step = days * DAY_MS;
  const length = Math.max(0, Math.ceil((to.getTime() - from.getTime()) / step));
  return Array.from({ length }, (_, index) => ({
    from: new Date(from.getTime() + index * step),
    to: new Date(Math.min(to.getTime(), from.getTime() + (index + 1) * step)),
  }));
}
