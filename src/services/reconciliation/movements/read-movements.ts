import type { Context } from '../../../context.ts';
import type { GatewayMovement, GatewayPage } from '../../../domain/ports/gateway.ts';
import { AppError } from '../../../errors.ts';
import { askGateway } from './ask-gateway.ts';
import type { Patience } from './ask-gateway.ts';
import { mapInParallel } from './map-in-parallel.ts';

/** Time from one instant to another, the latter excluded. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export type ReadMovements = (ctx: Context, span: Span, patience: Patience) => Promise<readonly GatewayMovement[]>;

/** Pages come one after the other, so days are read side by side; far below the hundred reads a second that Stripe allows. */
const DAYS_AT_ONCE = 6;
const DAY_MS = 86_400_000;

/** Everything that went over the gateway's account in the span, whoever it is about. Throws: gateway_unavailable. */
export async function readMovements(ctx: Context, span: Span, patience: Patience): Promise<GatewayMovement[]> {
  const days = await mapInParallel(sliceSpan(span, 1), DAYS_AT_ONCE, (day) => readDay(ctx, day, patience));
  return days.flat();
}

/**
 * The same, which asks once for a span that is asked for again: properties of one zone share their days.
 *
 * What it remembers is as old as its first answer, so it is for one run over many properties.
 */
export function rememberMovements(): ReadMovements {
  const known = new Map<string, Promise<readonly GatewayMovement[]>>();
  return (ctx, span, patience) => {
    const key = `${String(span.from.getTime())} ${String(span.to.getTime())}`;
    const movements = known.get(key) ?? readMovements(ctx, span, patience);
    known.set(key, movements);
    return movements;
  };
}

async function readDay(ctx: Context, { from, to }: Span, patience: Patience): Promise<GatewayMovement[]> {
  const movements: GatewayMovement[] = [];
  const span = { from: from.toISOString(), to: to.toISOString() };
  let cursor: string | null = null;
  do {
    const at: string | null = cursor;
    const page: GatewayPage<GatewayMovement> | null = await askGateway(ctx, patience, (gateway) =>
      gateway.listMovements({ ...span, cursor: at }),
    );
    if (page === null)
      throw new AppError('gateway_unavailable', { detail: 'The payment gateway lost its place in its own list.' });
    movements.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return movements;
}

/** The span in pieces of so many times 24 hours; the last may be shorter. */
export function sliceSpan({ from, to }: Span, days: number): Span[] {
  const step = days * DAY_MS;
  const length = Math.max(0, Math.ceil((to.getTime() - from.getTime()) / step));
  return Array.from({ length }, (_, index) => ({
    from: new Date(from.getTime() + index * step),
    to: new Date(Math.min(to.getTime(), from.getTime() + (index + 1) * step)),
  }));
}
