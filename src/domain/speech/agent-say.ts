import { balanceOf } from '../booking/booking.ts';
import type { CancellationOutcome } from '../booking/cancellation-outcome.ts';
import type { BookingSnapshot } from '../booking/booking.ts';
import { dateInZone } from '../time/calendar.ts';
import { formatAmount, MINOR_UNIT_DIGITS } from '../money/money.ts';
import { describeDate, describeStart } from './spoken-time/spoken-time.ts';

// Sentences for a voice agent. Each time includes the weekday, so that a caller notices a misunderstanding.

/** Maximum of spoken list items; the response data has all items. */
const MAX_SPOKEN = 3;

/** Formats an amount for speech: $120.00. */
export function sayAmount(amount: number, currency: string): string {
  const digits = MINOR_UNIT_DIGITS[currency] ?? 2;
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(formatAmount(amount, currency) as `${number}`);
}

/** Joins a list for speech: "A, B or C". */
export function sayList(items: readonly string[], word: 'and' | 'or', max = MAX_SPOKEN): string {
  const spoken = items.slice(0, max);
  return spoken.length < 2 ? (spoken[0] ?? '') : `${spoken.slice(0, -1).join(', ')} ${word} ${spoken.at(-1) ?? ''}`;
}

/** Formats starts for speech, each day once: "Tuesday, May 18, at 9:00 AM or 1:00 PM". */
export function sayStarts(starts: readonly Date[], timezone: string, now: Date): string {
  const byDay = new Map<string, string[]>();
  const inOrder = starts.slice(0, MAX_SPOKEN).toSorted((a, b) => a.getTime() - b.getTime());
  for (const start of inOrder) {
    const [day = '', time = ''] = describeStart(start, timezone, now).split(', at ');
    byDay.set(day, [...new Set([...(byDay.get(day) ?? []), time])]);
  }
  const days = [...byDay].map(([day, times]) => `${day}, at ${sayList(times, 'or')}`);
  return days.join(', or ');
}

/** Adds the telephone number of the property, where known. */
export function sayPhone(phone: string | null): string {
  return phone === null ? '' : `; you can also call us at ${phone}`;
}

/** Describes the booked item and time: "Facial with Danielle, Tuesday, May 18, at 3:00 PM". */
export function sayBookedItem(booking: BookingSnapshot, now: Date): string {
  const { appointment, stay, property, startsAt } = booking;
  if (appointment !== null) {
    const { service, provider } = appointment;
    return `${service.name} with ${provider.name}, ${describeStart(new Date(startsAt), property.timezone, now)}`;
  }
  if (stay === null) throw new Error(`Bug: booking ${booking.id} is for nothing`);
  return `${stay.roomType.name}, ${sayNights(stay, dateInZone(now, property.timezone))}`;
}

/** Describes the dates of a stay: "from Friday, May 14, to Sunday, May 16". */
export function sayNights({ checkIn, checkOut }: { checkIn: string; checkOut: string }, today: string): string {
  return `from ${describeDate(checkIn, today)}, to ${describeDate(checkOut, today)}`;
}

/** Describes a booking's status, item and code, after creation, search or a move. */
export function sayBooking(booking: BookingSnapshot, now: Date): string {
  const { code, status, expiresAt, price, property } = booking;
  const item = `${sayBookedItem(booking, now)}. The booking code is ${code}`;
  switch (status) {
    case 'PENDING_PAYMENT': {
      const due = sayAmount(price.depositDue, price.currency);
      const until = expiresAt === null ? '' : ` until ${describeStart(new Date(expiresAt), property.timezone, now)}`;
      return `I am holding ${item}, and ${due} is to be paid by the link${until} to confirm it.`;
    }
    case 'PENDING_APPROVAL':
      return `I have requested ${item}, and the team will confirm it.`;
    case 'CONFIRMED':
    case 'IN_HOUSE':
      return `It is booked: ${item}.`;
    case 'CANCELLED':
      return `It is cancelled: ${item}.`;
    case 'COMPLETED':
    case 'DECLINED':
    case 'EXPIRED':
    case 'NO_SHOW':
      return `That booking is ${status.toLowerCase().replace('_', ' ')}: ${item}.`;
  }
}

/** Asks the caller to confirm a move. */
export function sayMove(from: BookingSnapshot, to: BookingSnapshot, now: Date): string {
  const [before, after] = [from.price.totalPayable, to.price.totalPayable];
  const price = before === after ? '' : `, which makes it ${sayAmount(after, to.price.currency)}`;
  // A lower amount may not meet the promo's minimum any more.
  const promo =
    from.promoCode !== null && to.promoCode === null ? `. The code ${from.promoCode} no longer applies` : '';
  return `Shall I move ${sayBookedItem(from, now)}, to ${sayWhen(to, now)}${price}${promo}?`;
}

/** Spoken refund destinations. Payments by hand are refunded by hand. */
const DESTINATIONS: Record<CancellationOutcome['refunds'][number]['destination'], string> = {
  CARD: 'to the card',
  WALLET: 'to the wallet',
  MANUAL: 'from the team',
};

/** Asks the caller to confirm a cancellation, with refunds and fee. */
export function sayCancellation(booking: BookingSnapshot, { fee, refunds }: CancellationOutcome, now: Date): string {
  const say = (amount: number) => sayAmount(amount, booking.price.currency);
  const refunded = refunds.map(({ amount, destination }) => `${say(amount)} comes back ${DESTINATIONS[destination]}`);
  const feeText = fee === 0 ? [] : [`${say(fee)} of what was paid is kept`];
  const money = sayList([...refunded, ...feeText], 'and', Infinity);
  return `Shall I cancel ${sayBookedItem(booking, now)}?${money === '' ? '' : ` ${money}.`}`;
}

/** Describes the balance due; empty when nothing is due. */
export function sayBalance(booking: BookingSnapshot): string {
  const balance = balanceOf(booking);
  const { moveExpiresAt, property, readAt, price } = booking;
  if (balance === 0) return '';
  const due = ` ${sayAmount(balance, price.currency)} is still to be paid`;
  if (moveExpiresAt === null) return `${due}.`;
  const until = describeStart(new Date(moveExpiresAt), property.timezone, new Date(readAt));
  return `${due} by the link until ${until}, or the booking goes back to what it was.`;
}

function sayWhen({ appointment, stay, startsAt, property }: BookingSnapshot, now: Date): string {
  if (appointment === null && stay !== null) return sayNights(stay, dateInZone(now, property.timezone));
  const start = describeStart(new Date(startsAt), property.timezone, now);
  return appointment === null ? start : `${start}, with ${appointment.provider.name}`;
}
