import type { Context } from '../../../context.ts';
import type { GatewayMovement } from '../../../domain/ports/gateway.ts';
import { addSums, NOTHING } from '../difference.ts';
import type { Sums } from '../difference.ts';
import { isUuid } from '../../../domain/uuid.ts';

/** What the gateway's account shows of one payment. */
export interface Shown {
  readonly sums: Sums;
  /** As a rule one: what the gateway calls the payment. */
  readonly intentIds: readonly string[];
  /** What disputes took and gave back. */
  readonly disputes: { readonly opened: number; readonly won: number };
}

export interface Matched {
  readonly byPayment: ReadonlyMap<string, Shown>;
  /** Of payments that are nobody's here: other systems may use the same account. */
  readonly strangers: readonly GatewayMovement[];
}

/**
 * Finds the property's payments that movements are about: by the gateway's id, or where we never heard that, by our own.
 *
 * Movements of other properties' payments are theirs. What is about no payment at all, such as a payout to the bank, is
 * left out.
 */
export async function matchMovements(
  ctx: Pick<Context, 'db'>,
  propertyId: string,
  movements: readonly GatewayMovement[],
): Promise<Matched> {
  const byIntent = Map.groupBy(
    movements.filter(({ kind }) => kind !== 'OTHER'),
    ({ id, intentId }) => intentId ?? id,
  );
  const owners = await findOwners(ctx, [...byIntent]);
  const byPayment = new Map<string, Shown>();
  const strangers: GatewayMovement[] = [];
  for (const [intentId, its] of byIntent) {
    const owner = owners.get(intentId);
    if (owner === undefined) strangers.push(...its);
    else if (owner.propertyId === propertyId) {
      byPayment.set(owner.id, its.reduce(addMovement, byPayment.get(owner.id) ?? UNSEEN));
    }
  }
  return { byPayment, strangers };
}

interface Owner {
  readonly id: string;
  readonly propertyId: string;
}

type Intents = readonly (readonly [intentId: string, its: readonly GatewayMovement[]])[];

/** So many are looked up by one statement. */
const BATCH = 5_000;

/** Whose payment each intent is. */
async function findOwners(ctx: Pick<Context, 'db'>, intents: Intents): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (let at = 0; at < intents.length; at += BATCH) {
    for (const [intentId, owner] of await findBatch(ctx, intents.slice(at, at + BATCH))) owners.set(intentId, owner);
  }
  return owners;
}

async function findBatch(ctx: Pick<Context, 'db'>, intents: Intents): Promise<Map<string, Owner>> {
  const named = new Map<string, string>();
  for (const [intentId, its] of intents) {
    const paymentId = its.find((movement) => movement.paymentId !== null)?.paymentId ?? '';
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
  // The gateway's id outdoes ours: who it was given to is who it was paid for.
  for (const row of rows) if (row.intentId !== null) owners.set(row.intentId, row);
  return owners;
}

const UNSEEN: Shown = { sums: NOTHING, intentIds: [], disputes: { opened: 0, won: 0 } };

function addMovement({ sums, intentIds, disputes }: Shown, movement: GatewayMovement): Shown {
  const { kind, amount, intentId } = movement;
  return {
    sums: addSums(sums, sumsOf(movement)),
    intentIds: intentId === null || intentIds.includes(intentId) ? intentIds : [...intentIds, intentId],
    disputes: {
      opened: disputes.opened - (kind === 'DISPUTE' ? amount : 0),
      won: disputes.won + (kind === 'DISPUTE_WON' ? amount : 0),
    },
  };
}

/** What went out is below zero in the gateway's account. */
function sumsOf({ kind, amount }: GatewayMovement): Sums {
  switch (kind) {
    case 'CHARGE':
      return { ...NOTHING, captured: amount };
    case 'REFUND':
    case 'REFUND_FAILED':
      return { ...NOTHING, refunded: -amount };
    case 'DISPUTE':
    case 'DISPUTE_WON':
      return { ...NOTHING, disputed: -amount };
    case 'OTHER':
      return NOTHING;
  }
}
