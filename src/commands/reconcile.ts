import { parseArgs } from 'node:util';
import type { Context } from '../context.ts';
import type { Property } from '../db/client.ts';
import { StartError } from '../db/embedded.ts';
import { spellAmount } from '../domain/money/money.ts';
import { addDays, isPlainDate } from '../domain/time/calendar.ts';
import { AppError } from '../errors.ts';
import { getToday } from '../services/property/get-today.ts';
import { PATIENTLY } from '../services/reconciliation/movements/ask-gateway.ts';
import type { Difference } from '../services/reconciliation/difference.ts';
import { rememberMovements } from '../services/reconciliation/movements/read-movements.ts';
import { reconcileProperty } from '../services/reconciliation/reconcile-property.ts';
import type { Reconciliation } from '../services/reconciliation/reconcile-property.ts';
import { resolveDifferences } from '../services/reconciliation/resolve-differences.ts';
import { connectGateway } from './context/connect-gateway.ts';
import { withContext } from './context/with-context.ts';

/** Today and the days before it, when nobody says which. */
const DAYS = 7;

const { values: asked } = parseArgs({
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
 * gateway and prints every difference; exits with 1 when there is any. `--resolve` reads the payments that differ from
 * the gateway once more, and compares again.
 */
await withContext(async (outer, _databaseUrl, isAlone) => {
  const problem = findMistake();
  if (problem !== null) return refuse(problem);
  const properties = await outer.db.property.findMany({
    where: asked.slug === undefined ? {} : { slug: asked.slug },
    orderBy: { slug: 'asc' },
  });
  if (properties.length === 0)
    return refuse(asked.slug === undefined ? 'There is no property.' : `There is no property ${asked.slug}.`);
  const { gateway, note, stop } = await connectGateway(outer.config, isAlone);
  if (note !== null) console.log(`${note}\n`);
  try {
    return await compareAll({ ...outer, gateway }, properties);
  } catch (error) {
    if (error instanceof AppError && error.code === 'gateway_unavailable') return refuse(error.message);
    throw error;
  } finally {
    await stop();
  }
});

async function compareAll(ctx: Context, properties: readonly Property[]): Promise<number> {
  const read = rememberMovements();
  let count = 0;
  for (const { id: propertyId, slug } of properties) {
    const days = await chooseDays(ctx, propertyId);
    const compare = (by = read) => reconcileProperty(ctx, { propertyId, ...days, patience: PATIENTLY }, by);
    let found = await compare();
    print(slug, found);
    if (asked.resolve && !found.balanced) {
      const heard = await resolveDifferences(ctx, found.differences);
      console.log(`    read again: ${String(heard)} ${heard === 1 ? 'payment' : 'payments'}; then:`);
      found = await compare(rememberMovements());
      print(slug, found);
    }
    count += found.differences.length;
  }
  console.log(
    count === 0 ? '\nEverything agrees.' : `\n${String(count)} ${count === 1 ? 'difference' : 'differences'}.`,
  );
  return count === 0 ? 0 : 1;
}

/** What of the arguments can't be meant; null when all can. */
function findMistake(): string | null {
  for (const name of ['from', 'to'] as const) {
    const date = asked[name];
    if (date !== undefined && !isPlainDate(date)) return `--${name} ${date} is not a date. Write it as 2027-05-14.`;
  }
  return null;
}

/** The property's dates; one end alone has the usual length to the other. */
async function chooseDays(ctx: Context, propertyId: string): Promise<Days> {
  const to = asked.to ?? (await getToday(ctx, propertyId));
  const from = asked.from ?? addDays(to, 1 - DAYS);
  if (from > to) throw new StartError(`--from ${from} is after ${to}.`);
  return { from, to };
}

function print(slug: string, { from, to, currency, balanced, totals, differences }: Reconciliation): void {
  const { captured, refunded, disputed, net } = totals.gateway;
  const spell = (amount: number) => spellAmount(amount, currency);
  const sums = `taken ${spell(captured)}, given back ${spell(refunded)}, disputed ${spell(disputed)}, net ${spell(net)} ${currency}`;
  console.log(`${slug}  ${from} to ${to}  ${balanced ? 'balanced' : 'DIFFERS'}  ${sums}`);
  for (const difference of differences) console.log(`    ${spellDifference(difference)}`);
  const { count, amount } = totals.strangers;
  if (count > 0)
    console.log(
      `    (${String(count)} movements of ${spell(amount)} ${currency} are about payments that are not ours)`,
    );
}

function spellDifference({ kind, bookingCode, paymentId, expected, found, currency }: Difference): string {
  const whose = [bookingCode, paymentId && `payment ${paymentId}`].filter((part) => part !== null).join(', ');
  const amounts = `expected ${spellAmount(expected, currency)}, found ${spellAmount(found, currency)} ${currency}`;
  return [kind.replaceAll('_', ' '), whose, amounts].filter((part) => part !== '').join('  ');
}

function refuse(message: string): number {
  console.error(message);
  return 1;
}
