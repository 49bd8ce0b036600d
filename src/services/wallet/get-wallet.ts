import type { Context } from '../../context.ts';
import { Prisma } from '../../db/client.ts';
import type { Tx } from '../../db/client.ts';
import type { Actor } from '../../domain/booking.ts';
import type { TransferKind } from '../ledger/post-transfers.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { readWallet } from './lock-wallet.ts';
import type { WalletBalance, WalletOwner } from './lock-wallet.ts';

export interface WalletItem {
  /** Of the transfer, in digits. Later ones are larger. */
  readonly id: string;
  readonly at: string;
  readonly kind: TransferKind;
  /** In minor units; below zero for what left the wallet. */
  readonly amount: number;
  readonly bookingCode: string | null;
  readonly reason: string | null;
  readonly actor: Pick<Actor, 'type' | 'name'>;
}

export interface WalletSheet extends WalletBalance {
  readonly currency: string;
  /** The latest first. */
  readonly items: readonly WalletItem[];
  /** The last item of this page, where others follow. */
  readonly nextId: string | null;
}

interface Page {
  readonly limit: number;
  /** Only what came before this item. */
  readonly beforeId: string | null;
}

/** What was written last, for the answer to who has just written it. */
export const LATEST: Page = { limit: 1, beforeId: null };

/** What a customer has with the property, and a page of how that came about. Throws: not_found. */
export async function getWallet(
  ctx: Context,
  input: { readonly propertyId: string; readonly customerId: string } & Page,
): Promise<WalletSheet> {
  return readWalletSheet(ctx.db, await findWalletOwner(ctx.db, input), input);
}

/** The same for an owner who is known. A constant number of queries, however long the page. */
export async function readWalletSheet(
  db: Pick<Tx, '$queryRaw' | 'ledgerAccount'>,
  owner: WalletOwner,
  page: Page,
): Promise<WalletSheet> {
  const balance = await readWallet(db, owner);
  const rows = await readTransfers(db, owner, page);
  const items = rows.slice(0, page.limit).map(toItem);
  const nextId = rows.length > page.limit ? (items.at(-1)?.id ?? null) : null;
  return { ...balance, currency: owner.currency, items, nextId };
}

interface TransferRow {
  readonly id: bigint;
  readonly at: Date;
  readonly kind: TransferKind;
  readonly change: bigint;
  readonly code: string | null;
  readonly reason: string | null;
  readonly actor_type: Actor['type'];
  readonly actor_name: string | null;
}

/** One more than the page holds, so that it is known whether another follows. Each side has an index of its own. */
async function readTransfers(
  db: Pick<Tx, '$queryRaw'>,
  { propertyId, customerId, currency }: WalletOwner,
  { limit, beforeId }: Page,
): Promise<TransferRow[]> {
  const isBefore = beforeId === null ? Prisma.empty : Prisma.sql`AND t.id < ${BigInt(beforeId)}`;
  return db.$queryRaw<TransferRow[]>`
    WITH wallet AS (
      SELECT id FROM ledger_accounts
      WHERE property_id = ${propertyId}::uuid AND kind = 'WALLET' AND currency = ${currency} AND customer_id = ${customerId}::uuid
    ), moved AS (
      (SELECT t.*, t.amount AS change FROM ledger_transfers t
        WHERE t.credit_account_id = (SELECT id FROM wallet) ${isBefore} ORDER BY t.id DESC LIMIT ${limit + 1})
      UNION ALL
      (SELECT t.*, -t.amount AS change FROM ledger_transfers t
        WHERE t.debit_account_id = (SELECT id FROM wallet) ${isBefore} ORDER BY t.id DESC LIMIT ${limit + 1})
    )
    SELECT m.id, m.at, m.kind::text, m.change, b.code, m.reason, m.actor_type::text, m.actor_name
    FROM moved m LEFT JOIN bookings b ON b.id = m.booking_id
    ORDER BY m.id DESC LIMIT ${limit + 1}`;
}

function toItem(row: TransferRow): WalletItem {
  const { id, at, kind, change, code, reason, actor_type: type, actor_name: name } = row;
  return {
    ...{ id: String(id), at: at.toISOString(), kind, amount: Number(change) },
    ...{ bookingCode: code, reason, actor: { type, name } },
  };
}
