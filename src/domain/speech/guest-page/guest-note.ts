import { capAtCutOff } from '../../booking/cut-off.ts';
import { hasRunOut, isPaidAgain, sayDeadline } from './guest-words.ts';
import type { GuestWords } from './guest-words.ts';

/** Says what happens next, or how the booking ended; null where the status says enough. */
export function writeNote(words: GuestWords): string | null {
  const { property } = words.booking;
  const ending = sayMoneyOfEnded(words);
  switch (words.booking.status) {
    case 'PENDING_PAYMENT':
      return sayHold(words);
    case 'PENDING_APPROVAL':
      return sayRequest(words);
    case 'CONFIRMED':
    case 'IN_HOUSE':
      return sayConfirmed(words);
    case 'COMPLETED':
      return null;
    case 'DECLINED':
      return `${property.name} could not accept your request. ${ending}`.trim();
    case 'CANCELLED':
      return ending === '' ? null : ending;
    case 'EXPIRED':
      return `The booking was not paid in time, and its place may have been sold. ${ending}`.trim();
    case 'NO_SHOW':
      return ['You were expected and did not come.', ending, 'Nothing more is due.'].filter(Boolean).join(' ');
  }
}

function sayHold(words: GuestWords): string {
  const { account, money } = words;
  if (account.held > 0) return 'Your payment is being confirmed. This takes a few seconds.';
  if (account.payNow === null) return 'The time to pay has ended. Book again if you still want to come.';
  return `Pay ${money(account.payNow.amount)} in the time that is left to keep your booking.`;
}

function sayRequest(words: GuestWords): string {
  const { booking, account, money } = words;
  const { property, captureBefore } = booking;
  if (account.isBeingCaptured) return 'Your request is being accepted, and your card is being charged.';
  if (isPaidAgain(words)) {
    const hasLapsed = booking.payments.some(({ stage }) => stage === 'LAPSED');
    const reason = hasLapsed
      ? `The hold on your card ended before ${property.name} decided, and nothing was charged.`
      : 'No payment is held for your request.';
    return `${reason} Pay again in the time that is left to keep your request.`;
  }
  if (hasRunOut(words)) return 'The time to pay again has ended. Book again if you still want to come.';
  if (account.held === 0) return `${property.name} has received your request and will decide on it.`;
  const until = captureBefore === null ? '' : ` by ${sayDeadline(words, capDecision(words, captureBefore))}`;
  const hold = `${money(account.held)} is held on your card: charged when your request is approved, released otherwise.`;
  return `${property.name} decides${until}. ${hold}`;
}

/** Returns the instant at which a request is decided at the latest. */
function capDecision({ booking }: GuestWords, captureBefore: string): string {
  const times = { ...booking, startsAt: new Date(booking.startsAt), endsAt: new Date(booking.endsAt) };
  return capAtCutOff(new Date(captureBefore), times).toISOString();
}

function sayConfirmed(words: GuestWords): string | null {
  const { booking, account, money } = words;
  const { moveExpiresAt } = booking;
  const { payNow, held } = account;
  if (held > 0) return 'Your payment is being confirmed. This takes a few seconds.';
  if (payNow === null) return null;
  const amount = money(payNow.amount);
  if (moveExpiresAt === null)
    return `You can pay ${account.paid > 0 ? 'the remaining ' : ''}${amount} here now, or on the day.`;
  if (hasRunOut(words)) return 'The time to pay for your move has ended. Your booking goes back to what it was.';
  return `Your move is kept until ${sayDeadline(words, moveExpiresAt)}. Pay the difference of ${amount} by then, or your booking goes back to what it was.`;
}

/** Says where the money of a booking that has ended is. */
function sayMoneyOfEnded({ account, money }: GuestWords): string {
  const { held, refunding, refunded, paid, fee } = account;
  const parts = [
    held > 0 && `The hold of ${money(held)} on your card is being released.`,
    refunding > 0 && `${money(refunding)} is on its way back to you. Banks take up to ten days.`,
    refunded > 0 && `${money(refunded)} was refunded.`,
    fee > 0 && `${money(fee)} of what you paid is kept.`,
    paid + refunded + held === 0 && 'Nothing was charged.',
  ];
  return parts.filter((part) => part !== false).join(' ');
}
