import type { Context } from '../../../context.ts';
import type { PaymentMethod } from '../../../db/client.ts';
import type { TransferKind } from '../../money/ledger/post-transfers.ts';

export interface BookingTransfer {
  readonly at: Date;
  readonly kind: TransferKind;
  readonly from: string;
  readonly to: string;
  readonly method: PaymentMethod | null;
  readonly amount: number;
}

/** Lists the ledger transfers of a booking, oldest first. Expects the id of a booking of the caller's property. */
export async function listBookingTransfers(ctx: Context, bookingId: string): Promise<BookingTransfer[]> {
  const account = { select: { kind: true, method: true } } as const;
  const transfers = await ctx.db.ledgerTransfer.findMany({
    where: { bookingId },
    include: { debitAccount: account, creditAccount: account },
    orderBy: { id: 'asc' },
  });
  return transfers.map(({ at, kind, amount, debitAccount, creditAccount }) => ({
    at,
    kind,
    amount: Number(amount),
    from: debitAccount.kind,
    to: creditAccount.kind,
    method: debitAccount.method ?? creditAccount.method,
  }));
}
