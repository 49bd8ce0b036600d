import type { PaymentMethod, Tx } from '../../../db/client.ts';
import { lockLedger } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import type { Minor } from '../../../domain/money/money.ts';

/** Names a ledger account: one per property, or one per payment method, customer or booking. */
export type AccountName =
  | { readonly kind: 'GATEWAY' | 'REVENUE' | 'TAX' | 'REFUNDS' | 'CREDITS' | 'DISPUTES' | 'LOSSES' }
  | { readonly kind: 'MANUAL'; readonly method: PaymentMethod }
  | { readonly kind: 'WALLET'; readonly customerId: string }
  | { readonly kind: 'BOOKING'; readonly bookingId: string };

export const TRANSFER_KINDS = [
  'PAYMENT',
  'REFUND',
  'REFUND_CANCELLED',
  'PAYOUT',
  'PAYOUT_FAILED',
  'EARNED',
  'UNEARNED',
  'WALLET_CREDIT',
  'WALLET_DEBIT',
  'DISPUTE',
  'DISPUTE_WON',
  'LOSS',
  'PAYMENT_VOIDED',
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

export interface Transfer {
  readonly kind: TransferKind;
  readonly from: AccountName;
  readonly to: AccountName;
  /** In minor units. A transfer of zero is not written. */
  readonly amount: Minor;
  readonly bookingId?: string;
  readonly paymentId?: string;
  readonly refundId?: string;
  readonly disputeId?: string;
  readonly reason?: string | null;
}

export interface Posting {
  readonly propertyId: string;
  readonly currency: string;
  readonly author: Author;
  readonly transfers: readonly Transfer[];
}

/**
 * Posts transfers between accounts of the double-entry ledger. No other function writes transfers.
 *
 * Locks: the property's ledger, after booking and payment.
 * Throws: by constraint, `insufficient_wallet_balance` and `refund_exceeds_captured`.
 */
export async function postTransfers(tx: Tx, posting: Posting): Promise<void> {
  const transfers = posting.transfers.filter(({ amount }) => amount !== 0);
  if (transfers.length === 0) return;
  const { propertyId } = posting;
  const { actor, requestId } = posting.author;
  await lockLedger(tx, propertyId);
  const accounts = await openAccounts(
    tx,
    posting,
    transfers.flatMap(({ from, to }) => [from, to]),
  );
  await tx.ledgerTransfer.createMany({
    data: transfers.map(({ kind, from, to, amount, bookingId, paymentId, refundId, disputeId, reason }) => ({
      propertyId,
      kind,
      amount,
      requestId,
      reason: reason ?? null,
      actorType: actor.type,
      actorId: actor.id,
      actorName: actor.name,
      debitAccountId: accountId(accounts, from),
      creditAccountId: accountId(accounts, to),
      ...(bookingId !== undefined && { bookingId }),
      ...(paymentId !== undefined && { paymentId }),
      ...(refundId !== undefined && { refundId }),
      ...(disputeId !== undefined && { disputeId }),
    })),
  });
}

/** Reads the ids of accounts, and opens missing accounts. Locks: expects the ledger locked. */
async function openAccounts(
  tx: Tx,
  { propertyId, currency }: Pick<Posting, 'propertyId' | 'currency'>,
  names: readonly AccountName[],
): Promise<Map<string, string>> {
  const wanted = new Map(names.map((name) => [accountKey(name), name]));
  const columns = [...wanted.values()].map((name) => ({
    kind: name.kind,
    customer_id: name.kind === 'WALLET' ? name.customerId : null,
    booking_id: name.kind === 'BOOKING' ? name.bookingId : null,
    method: name.kind === 'MANUAL' ? name.method : null,
  }));
  const rows = await tx.$queryRaw<{ id: string; key: string }[]>`
    WITH wanted AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(columns)}::jsonb)
        AS w(kind ledger_account_kind, customer_id uuid, booking_id uuid, method payment_method)
    ), opened AS (
      INSERT INTO ledger_accounts (id, property_id, kind, currency, customer_id, booking_id, method)
      SELECT gen_random_uuid(), ${propertyId}::uuid, kind, ${currency}, customer_id, booking_id, method FROM wanted
      ON CONFLICT DO NOTHING RETURNING id, kind, customer_id, booking_id, method
    )
    SELECT id, concat_ws(' ', kind, customer_id, booking_id, method) AS key FROM opened
    UNION ALL
    SELECT a.id, concat_ws(' ', a.kind, a.customer_id, a.booking_id, a.method) AS key FROM ledger_accounts a JOIN wanted w
      ON a.kind = w.kind AND a.customer_id IS NOT DISTINCT FROM w.customer_id AND a.booking_id IS NOT DISTINCT FROM w.booking_id
      AND a.method IS NOT DISTINCT FROM w.method
    WHERE a.property_id = ${propertyId}::uuid AND a.currency = ${currency}`;
  return new Map(rows.map(({ id, key }) => [key, id]));
}

function accountId(accounts: ReadonlyMap<string, string>, name: AccountName): string {
  const id = accounts.get(accountKey(name));
  if (id === undefined) throw new Error(`Bug: there is no account ${accountKey(name)}`);
  return id;
}

function accountKey(name: AccountName): string {
  if (name.kind === 'WALLET') return `WALLET ${name.customerId}`;
  if (name.kind === 'BOOKING') return `BOOKING ${name.bookingId}`;
  if (name.kind === 'MANUAL') return `MANUAL ${name.method}`;
  return name.kind;
}
