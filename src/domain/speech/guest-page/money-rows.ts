import { hasEnded, isUnconfirmed } from '../../booking-status.ts';
import { hasRunOut } from './guest-words.ts';
import type { GuestPage, GuestWords } from './guest-words.ts';

/** Lists the amounts. Each part of the price is in one row only: paid, held, to pay now, or later. */
export function describeMoney(words: GuestWords): GuestPage['money'] {
  const { booking, account, money } = words;
  const { paid, held, heldInWallet, refunded, refunding, waived, fee } = account;
  const feeName = booking.status === 'NO_SHOW' ? 'Kept for the missed booking' : 'Kept as cancellation fee';
  const rows: readonly (readonly [isShown: boolean, label: string, amount: number])[] = [
    [true, 'Price', booking.price.totalPayable],
    [paid + refunded > 0, 'Paid', paid + refunded],
    [held > 0, nameHold(words), held],
    [heldInWallet > 0, 'Set aside in your wallet', heldInWallet],
    [refunded > 0, 'Refunded', refunded],
    [refunding > 0, 'On its way back to you', refunding],
    [waived > 0, 'Waived', waived],
    [fee > 0, feeName, fee],
  ];
  const known = rows.filter(([isShown]) => isShown);
  return [
    ...known.map(([, label, amount]) => ({ label, value: money(amount), isDue: false })),
    ...listDue(words).map(({ label, amount, isDue }) => ({ label, value: money(amount), isDue })),
  ];
}

/** Lists what is due, now and later. Only a balance that is asked for is marked as due. */
function listDue(words: GuestWords): { readonly label: string; readonly amount: number; readonly isDue: boolean }[] {
  const { booking, account } = words;
  const { payNow, dueLater, held } = account;
  const later = dueLater > 0 ? [{ label: 'Due later', amount: dueLater, isDue: false }] : [];
  if (payNow !== null) {
    // A balance may be paid now or on the day; only a held move has a deadline.
    const isRest = payNow.purpose === 'BALANCE' && booking.moveExpiresAt === null;
    return [{ label: isRest ? 'Still to pay' : 'To pay now', amount: payNow.amount, isDue: true }, ...later];
  }
  if (isUnconfirmed(booking.status)) return hasRunOut(words) ? [] : later;
  if (held > 0) return later;
  const isClosed = hasEnded(booking.status) && dueLater === 0;
  return isClosed ? [] : [{ label: 'Still to pay', amount: dueLater, isDue: dueLater > 0 }];
}

function nameHold({ booking, account }: GuestWords): string {
  if (account.isBeingCaptured) return 'Being charged to your card';
  return hasEnded(booking.status) ? 'Being released on your card' : 'Held on your card';
}
