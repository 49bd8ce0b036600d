import type { Context } from '../../../context.ts';
import { transaction } from '../../../db/transaction.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { announce } from '../../core/feed/announce.ts';
import { isStopping } from '../../core/log/for-each-isolated.ts';
import { WITH_RETRIES } from './movements/query-gateway.ts';
import type { Difference } from './difference.ts';
import { cacheMovements } from './movements/read-movements.ts';
import type { ReadMovements } from './movements/read-movements.ts';
import { reconcileProperty } from './reconcile-property.ts';
import { resolveDifferences } from './resolve-differences.ts';

/** Days before today: Stripe repeats an undelivered event for three days. */
const DAYS = 3;

interface Due {
  readonly propertyId: string;
  readonly slug: string;
  /** The property's local date of the comparison. */
  readonly onDate: PlainDate;
}

/**
 * Reconciles the last three days of every property with the gateway, once a day, and notifies staff of differences.
 *
 * Starts an hour into the property's day, after late events of the day before. Processes compete for the day's row; a
 * claim of a crashed process is free again after an hour. Differing payments are then synchronized from the gateway.
 * Returns: the number of reconciled properties.
 */
export async function reconcileDaily(ctx: Context): Promise<number> {
  const read = cacheMovements();
  let count = 0;
  for (const due of await listDue(ctx)) {
    if (isStopping(ctx)) break;
    if (!(await claim(ctx, due))) continue;
    try {
      await reconcileOne(ctx, due, read);
      count += 1;
    } catch (error) {
      await releaseClaim(ctx, due);
      // A run aborted by the shutdown continues in the next process.
      if (isStopping(ctx)) break;
      logFailure(ctx, due, error);
      // The gateway is the same for all properties, so the next query would fail as well.
      if (error instanceof AppError && error.code === 'gateway_unavailable') break;
    }
  }
  return count;
}

async function reconcileOne(ctx: Context, due: Due, read: ReadMovements): Promise<void> {
  const { propertyId, onDate } = due;
  const days = { from: addDays(onDate, -DAYS), to: addDays(onDate, -1) };
  const input = { propertyId, ...days, retryPolicy: { ...WITH_RETRIES, stopping: ctx.stopping } };
  const { differences } = await reconcileProperty(ctx, input, read);
  const isStored = await storeResult(ctx, due, differences);
  if (!isStored || differences.length === 0) return;
  const named = differences.map(({ kind, bookingCode, disputeIds, expected, found, currency }) => {
    return { kind, code: bookingCode, disputeIds, expected, found, currency };
  });
  const event = 'reconciliation/difference';
  ctx.log.error({ event, slug: due.slug, ...days, differences: named, outcome: 'differs' }, event);
  await resolveDifferences(ctx, differences);
}

async function listDue(ctx: Pick<Context, 'db'>): Promise<Due[]> {
  return ctx.db.$queryRaw`
    SELECT p.id AS "propertyId", p.slug, d.today AS "onDate"
    FROM properties p
    CROSS JOIN LATERAL (SELECT to_char((app_now() - interval '1 hour') AT TIME ZONE p.timezone, 'YYYY-MM-DD')) AS d(today)
    WHERE NOT EXISTS (
      SELECT FROM reconciliations r WHERE r.property_id = p.id AND r.on_date = d.today::date AND r.is_balanced IS NOT NULL)
    ORDER BY p.timezone, p.id`;
}

/** Claims the property's day: no process holds the claim, or the claim is older than an hour. */
async function claim(ctx: Pick<Context, 'db'>, { propertyId, onDate }: Due): Promise<boolean> {
  const claimed = await ctx.db.$executeRaw`
    INSERT INTO reconciliations (property_id, on_date) VALUES (${propertyId}::uuid, ${onDate}::date)
    ON CONFLICT (property_id, on_date) DO UPDATE SET created_at = app_now()
      WHERE reconciliations.is_balanced IS NULL AND reconciliations.created_at < app_now() - interval '1 hour'`;
  return claimed === 1;
}

async function releaseClaim(ctx: Pick<Context, 'db'>, { propertyId, onDate }: Due): Promise<void> {
  await ctx.db.$executeRaw`
    DELETE FROM reconciliations
    WHERE property_id = ${propertyId}::uuid AND on_date = ${onDate}::date AND is_balanced IS NULL`;
}

/** Stores the differences and notifies staff in one transaction. Returns: false when another process was first. */
async function storeResult(
  ctx: Context,
  { propertyId, onDate }: Due,
  differences: readonly Difference[],
): Promise<boolean> {
  return transaction(ctx, async (tx) => {
    const updatedCount = await tx.$executeRaw`
      UPDATE reconciliations
      SET is_balanced = ${differences.length === 0}, differences = ${JSON.stringify(differences)}::jsonb
      WHERE property_id = ${propertyId}::uuid AND on_date = ${onDate}::date AND is_balanced IS NULL`;
    if (updatedCount === 1 && differences.length > 0) {
      await announce(tx, { propertyId, type: 'reconciliation_difference', data: {} });
    }
    return updatedCount === 1;
  });
}

function logFailure(ctx: Context, { slug }: Due, error: unknown): void {
  const event = 'job/reconcile-daily';
  const outcome = error instanceof AppError ? error.code : 'failed';
  ctx.log.error({ event, slug, outcome, err: error }, event);
}
