import type { Context } from '../../../context.ts';
import type { GatewayBalanceTransaction } from '../../../domain/ports/gateway.ts';
import { addSums, ZERO_SUMS } from './difference.ts';
import type { Sums } from './difference.ts';
import { isUuid } from '../../../domain/access/uuid.ts';

/** The gateway's movements of one payment. */
export interface GatewayActivity {
  readonly sums: Sums;
  /** The gateway's ids of the payment; usually one. */
  readonly intentIds: readonly string[];
  /** Disputes, with the amounts that they debited, and credited again when won. */
  readonly disputes: { readonly ids: readonly string[]; readonly opened: number; readonly won: number };
}

export interface Matched {
  readonly byPayment: ReadonlyMap<string, GatewayActivity>;
  /** Movements of unrelated payments: other systems may use the same account. */
  readonly unrelated: readonly GatewayBalanceTransaction[];
}

/**
 * Matches movements to the property's payments: by the gateway's payment id, or by our id while the former is unknown.
 *
 * Movements of other properties' payments are skipped, as are movements without a payment, such as payouts to the bank.
 */
export async function matchMovements(
  ctx: Pick<Context, 'db'>,
  propertyId: string,
  movements: readonly GatewayBalanceTransaction[],
): Promise<Matched> {
  const byIntent = Map.groupBy(
    movements.filter(({ kind }) => kind !== 'OTHER'),
    ({ id, intentId }) => intentId ?? id,
  );
  const owners = await findOwners(ctx, [...byIntent]);
  const byPayment = new Map<string, GatewayActivity>();
  const unrelated: GatewayBalanceTransaction[] = [];
  for (const [intentId, group] of byIntent) {
    const owner = owners.get(intentId);
    if (owner === undefined) unrelated.push(...group);
    else if (owner.propertyId === propertyId) {
      byPayment.set(owner.id, group.reduce(addMovement, byPayment.get(owner.id) ?? NO_ACTIVITY));
    }
  }
  return { byPayment, unrelated };
}

interface Owner {
  readonly id: string;
  readonly propertyId: string;
}

type Intents = readonly (readonly [intentId: string, group: readonly GatewayBalanceTransaction[]])[];

/** Payments looked up by one statement. */
const BATCH = 5_000;

/** Finds the payment of each intent. */
async function findOwners(ctx: Pick<Context, 'db'>, intents: Intents): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (let at = 0; at < intents.length; at += BATCH) {
    for (const [intentId, owner] of await findBatch(ctx, intents.slice(at, at + BATCH))) owners.set(intentId, owner);
  }
  return owners;
}

async function findBatch(ctx: Pick<Context, 'db'>, intents: Intents): Promise<Map<string, Owner>> {
  const named = new Map<string, string>();
  for (const [intentId, group] of intents) {
    const paymentId = group.find((movement) => movement.paymentId !== null)?.paymentId ?? '';
    if (isUuid(paymentId)) named.set(intentId, paymentId.toLowerCase());
  }
  const rows = await ctx.db.$queryRaw<(Owner & { intentId: string | null })[]>`
    SELECT id, property_id AS "propertyId", intent_id AS "intentId" FROM payments
    WHERE intent_id = ANY(${intents.map(([intentId]) => intentId)}::text[])
    UNION
    SELECT id, property_id, intent_id FROM payments WHERE id = ANY(${[...named.values()]}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const owners = new Map<string, Owner>();
  for (const [intentId, paymentId] of named) {
    const owner = byId.get(paymentId);
    if (owner !== undefined) owners.set(intentId, owner);
  }
  // A stored intent id is more reliable than the payment id in the movement's metadata, so the stored id wins.
  for (const row of rows) if (row.intentId !== null) owners.set(row.intentId, row);
  return owners;
}

const NO_ACTIVITY: GatewayActivity = { sums: ZERO_SUMS, intentIds: [], disputes: { ids: [], opened: 0, won: 0 } };

function addMovement(
  { sums, intentIds, disputes }: GatewayActivity,
  movement: GatewayBalanceTransaction,
): GatewayActivity {
  const { kind, amount, intentId, disputeId } = movement;
  return {
    sums: addSums(sums, toSums(movement)),
    intentIds: intentId === null || intentIds.includes(intentId) ? intentIds : [...intentIds, intentId],
    disputes: {
      ids: disputeId === null || disputes.ids.includes(disputeId) ? disputes.ids : [...disputes.ids, disputeId],
      opened: disputes.opened - (kind === 'DISPUTE' ? amount : 0),
      won: disputes.won + (kind === 'DISPUTE_WON' ? amount : 0),
    },
  };
}

/** Turns a movement into sums. The gateway writes debits as negative amounts. */
function toSums({ kind, amount }: GatewayBalanceTransaction): Sums {
  switch (kind) {
    case 'CHARGE':
      return { ...ZERO_SUMS, captured: amount };
    case 'REFUND':
    case 'REFUND_FAILED':
      return { ...ZERO_SUMS, refunded: -amount };
    case 'DISPUTE':
    case 'DISPUTE_WON':
      return { ...ZERO_SUMS, disputed: -amount };
    case 'OTHER':
      return ZERO_SUMS;
  }
}
