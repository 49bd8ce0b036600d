import { parseArgs } from 'node:util';
import type { Context } from '../context.ts';
import type { Property } from '../db/client.ts';
import { StartError } from '../db/connection/embedded.ts';
import { formatAmount } from '../domain/money/money.ts';
import { addDays, isPlainDate } from '../domain/time/calendar.ts';
import { AppError } from '../errors.ts';
import { getToday } from '../services/catalogue/property/get-today.ts';
import { WITH_RETRIES } from '../services/money/reconciliation/movements/query-gateway.ts';
import type { Difference } from '../services/money/reconciliation/difference.ts';
import { cacheMovements } from '../services/money/reconciliation/movements/read-movements.ts';
import { reconcileProperty } from '../services/money/reconciliation/reconcile-property.ts';
import type { Reconciliation } from '../services/money/reconciliation/reconcile-property.ts';
import { resolveDifferences } from '../services/money/reconciliation/resolve-differences.ts';
import { connectGateway } from './context/connect-gateway.ts';
import { withContext } from './context/with-context.ts';

/** Length of the default range, which ends today. */
const DEFAULT_DAYS = 7;

const { values } = parseArgs({
  options: {
    slug: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    resolve: { type: 'boolean', default: false },
  },
});

type Days = Pick<Reconciliation, 'from' | 'to'>;

/**
 * `npm run reconcile [-- --slug <property>] [--from <date>] [--to <date>] [--resolve]`: compares ledger, payments and
 * gateway, prints every difference, exits with 1 on a difference. `--resolve` first reads the differing payments again
 * from the gateway, then compares again.
 */
await withContext(async (outer, _databaseUrl, isAlone) => {
  const problem = findInvalidDate();
  if (problem !== null) return fail(problem);
  const properties = await outer.db.property.findMany({
    where: values.slug === undefined ? {} : { slug: values.slug },
    orderBy: { slug: 'asc' },
  });
  if (properties.length === 0)
    return fail(values.slug === undefined ? 'No properties found.' : `Unknown property: ${values.slug}.`);
  const { gateway, note, stop } = await connectGateway(outer.config, isAlone);
  if (note !== null) console.log(`${note}\n`);
  try {
    return await compareAll({ ...outer, gateway }, properties);
  } catch (error) {
    if (error instanceof AppError && error.code === 'gateway_unavailable') return fail(error.message);
    throw error;
  } finally {
    await stop();
  }
});

async function compareAll(ctx: Context, properties: readonly Property[]): Promise<number> {
  const movements = cacheMovements();
  let count = 0;
  for (const { id: propertyId, slug } of properties) {
    const days = await chooseDays(ctx, propertyId);
    const compare = (by = movements) => reconcileProperty(ctx, { propertyId, ...days, retryPolicy: WITH_RETRIES }, by);
    let found = await compare();
    print(slug, found);
    if (values.resolve && !found.balanced) {
      const paymentCount = await resolveDifferences(ctx, found.differences);
      console.log(`    read ${String(paymentCount)} ${paymentCount === 1 ? 'payment' : 'payments'} again; result:`);
      found = await compare(cacheMovements());
      print(slug, found);
    }
    count += found.differences.length;
  }
  console.log(count === 0 ? '\nNo differences.' : `\n${String(count)} ${count === 1 ? 'difference' : 'differences'}.`);
  return count === 0 ? 0 : 1;
}

/** Checks the dates of the arguments. Returns: a message, or null for valid dates. */
function findInvalidDate(): string | null {
  for (const name of ['from', 'to'] as const) {
    const date = values[name];
    if (date !== undefined && !isPlainDate(date)) return `--${name} ${date} is not a date. Use the format 2027-05-14.`;
  }
  return null;
}

/** Chooses the date range in the property's time zone; a missing end gets the default length. Throws: StartError. */
async function chooseDays(ctx: Context, propertyId: string): Promise<Days> {
  const to = values.to ?? (await getToday(ctx, propertyId));
  const from = values.from ?? addDays(to, 1 - DEFAULT_DAYS);
  if (from > to) throw new StartError(`--from ${from} is after ${to}.`);
  return { from, to };
}

function print(slug: string, { from, to, currency, balanced, totals, differences }: Reconciliation): void {
  const { captured, refunded, disputed, net } = totals.gateway;
  const format = (amount: number) => formatAmount(amount, currency);
  const sums = `captured ${format(captured)}, refunded ${format(refunded)}, disputed ${format(disputed)}, net ${format(net)} ${currency}`;
  console.log(`${slug}  ${from} to ${to}  ${balanced ? 'balanced' : 'DIFFERS'}  ${sums}`);
  for (const difference of differences) console.log(`    ${formatDifference(difference)}`);
  const { count, amount } = totals.strangers;
  if (count > 0)
    console.log(
      `    (${String(count)} unrelated movements, ${format(amount)} ${currency}: payments of other systems in the same Stripe account)`,
    );
}

function formatDifference({ kind, bookingCode, paymentId, disputeIds, ...amount }: Difference): string {
  const { expected, found, currency } = amount;
  const disputes = disputeIds.map((id) => `dispute ${id}`);
  const subject = [bookingCode, paymentId && `payment ${paymentId}`, ...disputes]
    .filter((part) => part !== null)
    .join(', ');
  const amounts = `expected ${formatAmount(expected, currency)}, found ${formatAmount(found, currency)} ${currency}`;
  return [kind.replaceAll('_', ' '), subject, amounts].filter((part) => part !== '').join('  ');
}

function fail(message: string): number {
  console.error(message);
  return 1;
}
