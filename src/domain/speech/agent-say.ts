import { balanceOf } from '../booking.ts';
import type { CancellationOutcome } from '../money/cancellation-outcome.ts';
import type { BookingSnapshot } from '../booking.ts';
import { dateInZone } from '../time/calendar.ts';
import { spellAmount, UNUSUAL_DIGITS } from '../money/money.ts';
import { describeDate, describeStart } from './spoken-time/spoken-time.ts';

// Sentences for a voice to speak. Every time is read back with its weekday, so that a caller hears what was understood.

/** How many of a list are spoken; the rest is in the data. */
const MAX_SPOKEN = 3;

/** An amount as it is said: $120.00. */
export function sayAmount(amount: number, currency: string): string {
  const digits = UNUSUAL_DIGITS[currency] ?? 2;
  const format = new Intl.NumberFormat('en-US', {
    ...{ style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits },
  });
  return format.format(spellAmount(amount, currency) as `${number}`);
}

/** A list as it is said: "A, B or C". */
export function sayList(items: readonly string[], word: 'and' | 'or', max = MAX_SPOKEN): string {
  const spoken = items.slice(0, max);
  return spoken.length < 2 ? (spoken[0] ?? '') : `${spoken.slice(0, -1).join(', ')} ${word} ${spoken.at(-1) ?? ''}`;
}

/** Starts as they are said, each day once: "Tuesday, May 18, at 9:00 AM or 1:00 PM". */
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

/** Where else to turn. */
export function sayPhone(phone: string | null): string {
  return phone === null ? '' : `; you can also call us at ${phone}`;
}

/** What a booking is and when: "Facial with Danielle on Tuesday, May 18, at 3:00 PM". */
export function sayWhat(booking: BookingSnapshot, now: Date): string {
  const { appointment, stay, property, startsAt } = booking;
  if (appointment !== null) {
    const { service, provider } = appointment;
    return `${service.name} with ${provider.name}, ${describeStart(new Date(startsAt), property.timezone, now)}`;
  }
  if (stay === null) throw new Error(`Bug: booking ${booking.id} is for nothing`);
  return `${stay.roomType.name}, ${sayNights(stay, dateInZone(now, property.timezone))}`;
}

/** "from Friday, May 14, to Sunday, May 16". */
export function sayNights({ checkIn, checkOut }: { checkIn: string; checkOut: string }, today: string): string {
  return `from ${describeDate(checkIn, today)}, to ${describeDate(checkOut, today)}`;
}

/** How a booking stands, with its code: what is said once it is made, found or moved. */
export function sayBooking(booking: BookingSnapshot, now: Date): string {
  const { code, status, expiresAt, price, property } = booking;
  const what = `${sayWhat(booking, now)}. The booking code is ${code}`;
  switch (status) {
    case 'PENDING_PAYMENT': {
      const due = sayAmount(price.depositDue, price.currency);
      const until = expiresAt === null ? '' : ` until ${describeStart(new Date(expiresAt), property.timezone, now)}`;
      return `I am holding ${what}, and ${due} is to be paid by the link${until} to confirm it.`;
    }
    case 'PENDING_APPROVAL':
      return `I have requested ${what}, and the team will confirm it.`;
    case 'CONFIRMED':
    case 'IN_HOUSE':
      return `It is booked: ${what}.`;
    case 'CANCELLED':
      return `It is cancelled: ${what}.`;
    case 'COMPLETED':
    case 'DECLINED':
    case 'EXPIRED':
    case 'NO_SHOW':
      return `That booking is ${status.toLowerCase().replace('_', ' ')}: ${what}.`;
  }
}

/** What is read back before a booking is moved. */
export function sayMove(from: BookingSnapshot, to: BookingSnapshot, now: Date): string {
  const [before, after] = [from.price.totalPayable, to.price.totalPayable];
  const price = before === after ? '' : `, which makes it ${sayAmount(after, to.price.currency)}`;
  return `Shall I move ${sayWhat(from, now)}, to ${sayWhen(to, now)}${price}?`;
}

/** How it is said where money goes. What was paid by hand comes back by hand. */
const WAYS_BACK: Record<CancellationOutcome['refunds'][number]['destination'], string> = {
  CARD: 'to the card',
  WALLET: 'to the wallet',
  MANUAL: 'from the team',
};

/** What is read back before a booking is cancelled: also what of the money comes back, and what does not. */
export function sayCancellation(booking: BookingSnapshot, { fee, refunds }: CancellationOutcome, now: Date): string {
  const say = (amount: number) => sayAmount(amount, booking.price.currency);
  const back = refunds.map(({ amount, destination }) => `${say(amount)} comes back ${WAYS_BACK[destination]}`);
  const kept = fee === 0 ? [] : [`${say(fee)} of what was paid is kept`];
  const money = sayList([...back, ...kept], 'and', Infinity);
  return `Shall I cancel ${sayWhat(booking, now)}?${money === '' ? '' : ` ${money}.`}`;
}

/** What is left to pay, where something is. */
export function sayBalance(booking: BookingSnapshot): string {
  const balance = balanceOf(booking);
  return balance === 0 ? '' : ` ${sayAmount(balance, booking.price.currency)} is still to be paid.`;
}

function sayWhen({ appointment, stay, startsAt, property }: BookingSnapshot, now: Date): string {
  if (appointment === null && stay !== null) return sayNights(stay, dateInZone(now, property.timezone));
  const start = describeStart(new Date(startsAt), property.timezone, now);
  return appointment === null ? start : `${start}, with ${appointment.provider.name}`;
}
