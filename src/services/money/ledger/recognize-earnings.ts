import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { lockLedger } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { splitEarnings } from '../../../domain/money/earnings.ts';
import type { Earnings } from '../../../domain/money/earnings.ts';
import { postTransfers } from './post-transfers.ts';
import type { Transfer } from './post-transfers.ts';

interface EarningsInput {
  readonly booking: Pick<LockedBooking, 'id' | 'propertyId' | 'currency' | 'taxAmount' | 'totalPayable'>;
  readonly author: Author;
}

/**
 * Recognizes the rest of an ended booking's money as tax and revenue.
 *
 * Locks: expects the booking locked; then the property's ledger.
 * Idempotent: a booking's account without balance posts nothing.
 */
export async function recognizeRest(tx: Tx, input: EarningsInput): Promise<void> {
  const { left, ...recognized } = await readEarnings(tx, input);
  await postEarnings(tx, input, recognized, left);
}

/** Reverses as much of a booking's earnings as a refund of `amount` needs. Locks: expects the booking locked. */
export async function reverseEarnings(tx: Tx, input: EarningsInput & { readonly amount: number }): Promise<void> {
  const { left, ...recognized } = await readEarnings(tx, input);
  const missing = Math.min(input.amount - left, recognized.earned);
  if (missing > 0) await postEarnings(tx, input, recognized, -missing);
}

/** Reads the amount the ledger can refund: the booking's balance and the earnings. */
export async function readRefundableAmount(tx: Tx, booking: EarningsInput['booking']): Promise<number> {
  const { left, earned } = await readEarnings(tx, { booking });
  return left + earned;
}

async function readEarnings(
  tx: Tx,
  { booking }: Pick<EarningsInput, 'booking'>,
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

async function postEarnings(tx: Tx, input: EarningsInput, recognized: Earnings, change: number): Promise<void> {
  if (change === 0) return;
  const { booking, author } = input;
  const { tax, revenue } = splitEarnings(recognized, change, booking);
  const parts = [
    { account: 'TAX', amount: tax },
    { account: 'REVENUE', amount: revenue },
  ] as const;
  const transfers = parts.map(({ account, amount }): Transfer => {
    const bookingAccount = { kind: 'BOOKING', bookingId: booking.id } as const;
    return amount > 0
      ? { kind: 'EARNED', from: bookingAccount, to: { kind: account }, amount, bookingId: booking.id }
      : { kind: 'UNEARNED', from: { kind: account }, to: bookingAccount, amount: -amount, bookingId: booking.id };
  });
  await postTransfers(tx, { ...booking, author, transfers });
}
