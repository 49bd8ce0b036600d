import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { addDays } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { isStopping } from '../for-each-alone.ts';
import { PATIENTLY } from './movements/ask-gateway.ts';
import type { Difference } from './difference.ts';
import { rememberMovements } from './movements/read-movements.ts';
import type { ReadMovements } from './movements/read-movements.ts';
import { reconcileProperty } from './reconcile-property.ts';
import { resolveDifferences } from './resolve-differences.ts';

/** The days before the one that has begun: as long as the gateway goes on sending an event that we did not take. */
const DAYS = 3;

interface Due {
  readonly propertyId: string;
  readonly slug: string;
  /** The property's date on which it is compared. */
  readonly onDate: PlainDate;
}

/**
 * Compares the last three days of every property with the gateway, once a day, and tells its staff of a difference.
 *
 * It begins an hour into the property's day, when news from before midnight has come. The row of the day decides who
 * does it, so any number of processes may try; one that was cut off is done again an hour later. What differs is then
 * read from the gateway once more, as if its event had come. Answers how many properties it compared.
 */
export async function reconcileDaily(ctx: Context): Promise<number> {
  const read = rememberMovements();
  let count = 0;
  for (const due of await listDue(ctx)) {
    if (isStopping(ctx)) break;
    if (!(await claim(ctx, due))) continue;
    try {
      await reconcileOne(ctx, due, read);
      count += 1;
    } catch (error) {
      await unclaim(ctx, due);
      // What ended because we are stopping is for the next process.
      if (isStopping(ctx)) break;
      logFailure(ctx, due, error);
      // Who does not answer for one property will not answer for the next.
      if (error instanceof AppError && error.code === 'gateway_unavailable') break;
    }
  }
  return count;
}

async function reconcileOne(ctx: Context, due: Due, read: ReadMovements): Promise<void> {
  const { propertyId, onDate } = due;
  const days = { from: addDays(onDate, -DAYS), to: addDays(onDate, -1) };
  const input = { propertyId, ...days, patience: { ...PATIENTLY, stopping: ctx.stopping } };
  const { differences } = await reconcileProperty(ctx, input, read);
  const isOurs = await finish(ctx, due, differences);
  if (!isOurs || differences.length === 0) return;
  const named = differences.map(({ kind, bookingCode, expected, found, currency }) => {
    return { kind, code: bookingCode, expected, found, currency };
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

/** Whether the day is ours: nobody has taken it yet, or who did was cut off. */
async function claim(ctx: Pick<Context, 'db'>, { propertyId, onDate }: Due): Promise<boolean> {
  const claimed = await ctx.db.$executeRaw`
    INSERT INTO reconciliations (property_id, on_date) VALUES (${propertyId}::uuid, ${onDate}::date)
    ON CONFLICT (property_id, on_date) DO UPDATE SET created_at = app_now()
      WHERE reconciliations.is_balanced IS NULL AND reconciliations.created_at < app_now() - interval '1 hour'`;
  return claimed === 1;
}

async function unclaim(ctx: Pick<Context, 'db'>, { propertyId, onDate }: Due): Promise<void> {
  await ctx.db.$executeRaw`
    DELETE FROM reconciliations
    WHERE property_id = ${propertyId}::uuid AND on_date = ${onDate}::date AND is_balanced IS NULL`;
}

/** Keeps what was found, and tells staff of it in the same transaction. Answers false when somebody else has. */
async function finish(ctx: Context, { propertyId, onDate }: Due, differences: readonly Difference[]): Promise<boolean> {
  return transaction(ctx, async (tx) => {
    const kept = await tx.$executeRaw`
      UPDATE reconciliations
      SET is_balanced = ${differences.length === 0}, differences = ${JSON.stringify(differences)}::jsonb
      WHERE property_id = ${propertyId}::uuid AND on_date = ${onDate}::date AND is_balanced IS NULL`;
    if (kept === 1 && differences.length > 0) {
      await announce(tx, { propertyId, type: 'reconciliation_difference', data: {} });
    }
    return kept === 1;
  });
}

function logFailure(ctx: Context, { slug }: Due, error: unknown): void {
  const event = 'job/reconcile-daily';
  const outcome = error instanceof AppError ? error.code : 'failed';
  ctx.log.error({ event, slug, outcome, err: error }, event);
}
