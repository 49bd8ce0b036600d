import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import type { Tx } from '../../../db/client.ts';
import type { Actor } from '../../../domain/booking/booking.ts';
import { ACTOR_TYPES } from '../../../domain/booking-status.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { TRANSFER_KINDS } from '../ledger/post-transfers.ts';
import type { TransferKind } from '../ledger/post-transfers.ts';
import { findWalletOwner } from './find-wallet-owner.ts';
import { readWallet } from './lock-wallet.ts';
import type { WalletOwner } from './lock-wallet.ts';

const walletItemSchema = z
  .object({
    /** Id of the transfer in digits; ids ascend with time. */
    id: z.string(),
    at: z.string(),
    kind: z.enum(TRANSFER_KINDS),
    /** In minor units; negative for debits. */
    amount: z.number(),
    bookingCode: z.string().nullable(),
    reason: z.string().nullable(),
    actor: z.object({ type: z.enum(ACTOR_TYPES), name: z.string().nullable() }).readonly(),
    /** First name of the member of staff who made the link that paid. */
    linkMadeBy: z.string().nullable().default(null),
  })
  .readonly();
export type WalletItem = z.output<typeof walletItemSchema>;

const walletDetailsSchema = z
  .object({
    balance: z.number(),
    /** Reserved for payments under way, in minor units. */
    reserved: z.number(),
    currency: z.string(),
    /** Newest first. */
    items: z.array(walletItemSchema).readonly(),
    /** Id of the page's last item; null on the last page. */
    nextId: z.string().nullable(),
  })
  .readonly();
export type WalletDetails = z.output<typeof walletDetailsSchema>;

export const storedWallet = storedResponse('wallet', walletDetailsSchema);

interface ItemPage {
  readonly limit: number;
  /** Only items before this id. */
  readonly beforeId: string | null;
}

/** Page with the latest item only, for the response of a credit or debit. */
export const LATEST_ITEM: ItemPage = { limit: 1, beforeId: null };

/** Gets a customer's wallet with a page of transfers. Throws: not_found. */
export async function getWallet(
  ctx: Context,
  input: { readonly propertyId: string; readonly customerId: string } & ItemPage,
): Promise<WalletDetails> {
  return readWalletDetails(ctx.db, await findWalletOwner(ctx.db, input), input);
}

/** Reads the wallet of a known owner. The number of queries does not depend on the page's length. */
export async function readWalletDetails(
  db: Pick<Tx, '$queryRaw' | 'ledgerAccount'>,
  owner: WalletOwner,
  page: ItemPage,
): Promise<WalletDetails> {
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
  readonly link_made_by: string | null;
}

/** Reads one transfer more than the page, to detect a next page. Debits and credits each use an index. */
async function readTransfers(
  db: Pick<Tx, '$queryRaw'>,
  { propertyId, customerId, currency }: WalletOwner,
  { limit, beforeId }: ItemPage,
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
    SELECT m.id, m.at, m.kind::text, m.change, b.code, m.reason, m.actor_type::text, m.actor_name, g.issued_name AS link_made_by
    FROM moved m LEFT JOIN bookings b ON b.id = m.booking_id
      LEFT JOIN payments p ON p.id = m.payment_id AND m.kind = 'PAYMENT' LEFT JOIN guest_tokens g ON g.id = p.guest_token_id
    ORDER BY m.id DESC LIMIT ${limit + 1}`;
}

function toItem(row: TransferRow): WalletItem {
  const { id, at, kind, change, code, reason, actor_type: type, actor_name: name } = row;
  return {
    id: String(id),
    at: at.toISOString(),
    kind,
    amount: Number(change),
    bookingCode: code,
    reason,
    actor: { type, name },
    linkMadeBy: row.link_made_by,
  };
}
