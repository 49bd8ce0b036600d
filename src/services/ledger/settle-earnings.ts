import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { lockLedger } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { splitEarnings } from '../../domain/money/earnings.ts';
import type { Earnings } from '../../domain/money/earnings.ts';
import { postTransfers } from './post-transfers.ts';
import type { Transfer } from './post-transfers.ts';

interface Settlement {
  readonly booking: Pick<LockedBooking, 'id' | 'propertyId' | 'currency' | 'taxAmount' | 'totalPayable'>;
  readonly actor: Actor;
  readonly requestId: string | null;
}

/**
 * Makes what is left of an ended booking's money the property's: its part of the tax, and revenue.
 *
 * Idempotent: with nothing left, nothing is written. Locks: expects the booking locked.
 */
export async function earnRest(tx: Tx, settlement: Settlement): Promise<void> {
  const { left, ...before } = await readBooks(tx, settlement);
  await post(tx, settlement, before, left);
}

/** Sees to it that `amount` of a booking's money can go back: what is earned already comes back as far as it has to. */
export async function unearn(tx: Tx, settlement: Settlement & { readonly amount: number }): Promise<void> {
  const { left, ...before } = await readBooks(tx, settlement);
  const missing = Math.min(settlement.amount - left, before.earned);
  if (missing > 0) await post(tx, settlement, before, -missing);
}

/** What can be given back of a booking's money by the books: what is not earned yet, and what is. */
export async function readCover(tx: Tx, booking: Settlement['booking']): Promise<number> {
  const { left, earned } = await readBooks(tx, { booking });
  return left + earned;
}

async function readBooks(
  tx: Tx,
  { booking }: Pick<Settlement, 'booking'>,
): Promise<Earnings & { readonly left: number }> {
  await lockLedger(tx, booking.propertyId);
  const rows = await tx.$queryRaw<{ left: bigint; earned: bigint; tax: bigint }[]>`
    SELECT
      coalesce((SELECT balance FROM ledger_accounts WHERE booking_id = ${booking.id}::uuid AND currency = ${booking.currency}), 0)::bigint AS left,
      coalesce(sum(CASE t.kind WHEN 'EARNED' THEN t.amount ELSE -t.amount END), 0)::bigint AS earned,
      coalesce(sum(CASE t.kind WHEN 'EARNED' THEN t.amount ELSE -t.amount END) FILTER (WHERE 'TAX' IN (d.kind, c.kind)), 0)::bigint AS tax
    FROM ledger_transfers t
    JOIN ledger_accounts d ON d.id = t.debit_account_id
    JOIN ledger_accounts c ON c.id = t.credit_account_id
    WHERE t.booking_id = ${booking.id}::uuid AND t.kind IN ('EARNED', 'UNEARNED')`;
  const [books] = rows;
  return { left: Number(books?.left ?? 0), earned: Number(books?.earned ?? 0), tax: Number(books?.tax ?? 0) };
}

async function post(tx: Tx, settlement: Settlement, before: Earnings, change: number): Promise<void> {
  if (change === 0) return;
  const { booking, actor, requestId } = settlement;
  const { tax, revenue } = splitEarnings(before, change, booking);
  const parts = [
    { account: 'TAX', amount: tax },
    { account: 'REVENUE', amount: revenue },
  ] as const;
  const transfers = parts.map(({ account, amount }): Transfer => {
    const own = { kind: 'BOOKING', bookingId: booking.id } as const;
    return amount > 0
      ? { kind: 'EARNED', from: own, to: { kind: account }, amount, bookingId: booking.id }
      : { kind: 'UNEARNED', from: { kind: account }, to: own, amount: -amount, bookingId: booking.id };
  });
  await postTransfers(tx, { ...booking, actor, requestId, transfers });
}
