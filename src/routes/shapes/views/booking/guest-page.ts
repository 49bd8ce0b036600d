import { z } from 'zod';
import type { Capability } from '../../../../domain/access/capabilities.ts';
import { countSecondsLeft } from '../../../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../../../domain/booking/booking.ts';
import type { BookingStatus } from '../../../../domain/booking-status.ts';
import { summarizeAccount } from '../../../../domain/booking/guest-account.ts';
import type { GuestAccount } from '../../../../domain/booking/guest-account.ts';
import { MINOR_UNIT_DIGITS } from '../../../../domain/money/money.ts';
import { formatAddressLine } from '../../../../domain/speech/address-line.ts';
import { countDays } from '../../../../domain/time/calendar.ts';

const row = z.object({ label: z.string(), value: z.string() });
type Row = z.output<typeof row>;

/** The booking in words, for the page behind the guest's link. */
export const guestPageView = z
  .object({
    code: z.string(),
    property: z.string(),
    phone: z.string().nullable(),
    status: z.string(),
    tone: z.enum(['WAITING', 'GOOD', 'ENDED']),
    note: z.string().nullable().describe('What happens next, in a sentence or two.'),
    details: z.array(row).describe('What, when, where and for whom.'),
    money: z.array(row).describe('Every amount once.'),
    secondsLeft: z.int().nullable().describe('Time left to pay; null without a deadline.'),
    refreshSeconds: z.int().nullable().describe('When to read again; null for a booking that waits for nothing.'),
    actions: z.array(
      z.object({
        action: z.enum(['PAY', 'RECEIPT', 'CANCEL']),
        label: z.string(),
        purpose: z.enum(['DEPOSIT', 'BALANCE']).nullable(),
      }),
    ),
  })
  .meta({
    examples: [
      {
        code: 'BK-2027-0042',
        property: 'Harbour Hotel',
        phone: '+353 1 555 0100',
        status: 'Confirmed',
        tone: 'GOOD',
        note: null,
        details: [
          { label: 'Room', value: 'Suite, 2 nights' },
          { label: 'Arrival', value: 'Friday, May 14, 2027, from 3:00 PM' },
          { label: 'Departure', value: 'Sunday, May 16, 2027, by 11:00 AM' },
          { label: 'Guests', value: '2 adults' },
        ],
        money: [
          { label: 'Price', value: '€289.00' },
          { label: 'Paid', value: '€289.00' },
          { label: 'Still to pay', value: '€0.00' },
        ],
        secondsLeft: null,
        refreshSeconds: null,
        actions: [
          { action: 'RECEIPT', label: 'Receipt', purpose: null },
          { action: 'CANCEL', label: 'Cancel this booking', purpose: null },
        ],
      },
    ],
  });
type GuestPage = z.output<typeof guestPageView>;

const STATUSES: Readonly<Record<BookingStatus, readonly [string, GuestPage['tone']]>> = {
  PENDING_PAYMENT: ['Waiting for your payment', 'WAITING'],
  PENDING_APPROVAL: ['Waiting for approval', 'WAITING'],
  CONFIRMED: ['Confirmed', 'GOOD'],
  IN_HOUSE: ['Checked in', 'GOOD'],
  COMPLETED: ['Completed', 'ENDED'],
  DECLINED: ['Declined', 'ENDED'],
  CANCELLED: ['Cancelled', 'ENDED'],
  EXPIRED: ['Expired', 'ENDED'],
  NO_SHOW: ['Not used', 'ENDED'],
};
const CANCELLABLE: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'];

/** Words of one booking: its amounts and instants as its guest reads them. */
interface Words {
  readonly booking: BookingSnapshot;
  readonly account: GuestAccount;
  readonly money: (amount: number) => string;
  /** Formats an instant at the property. */
  readonly at: (instant: string, options: Intl.DateTimeFormatOptions) => string;
}

const DAY: Intl.DateTimeFormatOptions = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' };
const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };

/** Describes a booking in words, with the actions that its guest and this token have now. */
export function describeForGuest(booking: BookingSnapshot, capabilities: readonly Capability[]): GuestPage {
  const { currency } = booking.price;
  const { timezone: timeZone } = booking.property;
  const words: Words = {
    booking,
    account: summarizeAccount(booking),
    money: (amount) => formatMoney(amount, currency),
    at: (instant, options) => new Intl.DateTimeFormat('en', { timeZone, ...options }).format(new Date(instant)),
  };
  const [status, tone] = STATUSES[booking.status];
  return {
    code: booking.code,
    property: booking.property.name,
    phone: booking.property.phone,
    status: sayStatus(words) ?? status,
    tone,
    note: writeNote(words),
    details: booking.stay === null ? describeAppointment(words) : describeStay(words, booking.stay),
    money: describeMoney(words),
    secondsLeft: countLeft(booking),
    refreshSeconds: chooseRefresh(words),
    actions: listActions(words, capabilities),
  };
}

/** Formats an amount with the symbol of its currency and the digits of its minor unit. */
function formatMoney(amount: number, currency: string): string {
  const digits = MINOR_UNIT_DIGITS[currency] ?? 2;
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...fraction }).format(amount / 10 ** digits);
}

/** Says more than the status where the payment decides what the guest waits for. */
function sayStatus(words: Words): string | null {
  if (isPaidAgain(words)) return 'Please pay again';
  return words.booking.status === 'PENDING_PAYMENT' && words.account.held > 0 ? 'Confirming your payment' : null;
}

/** Tells whether a request waits for a new payment, because the authorization of the first has ended. */
function isPaidAgain({ booking, account }: Words): boolean {
  return booking.status === 'PENDING_APPROVAL' && account.payNow !== null;
}

function countLeft(booking: BookingSnapshot): number | null {
  if (booking.moveExpiresAt === null) return countSecondsLeft(booking);
  return Math.max(0, Math.ceil((Date.parse(booking.moveExpiresAt) - Date.parse(booking.readAt)) / 1_000));
}

function describeStay({ booking, at }: Words, stay: NonNullable<BookingSnapshot['stay']>): Row[] {
  const { roomType, room, checkIn, checkOut } = stay;
  const nights = count(countDays(checkIn, checkOut), 'night', 'nights');
  const isHere = booking.status === 'IN_HOUSE' && room !== null;
  return [
    { label: 'Room', value: `${roomType.name}${isHere ? ` ${room.number}` : ''}, ${nights}` },
    { label: 'Arrival', value: `${at(booking.startsAt, DAY)}, from ${at(booking.startsAt, TIME)}` },
    { label: 'Departure', value: `${at(booking.endsAt, DAY)}, by ${at(booking.endsAt, TIME)}` },
    { label: 'Guests', value: sayGuests(stay) },
    { label: 'Where', value: booking.property.name },
  ];
}

function describeAppointment({ booking, at }: Words): Row[] {
  const { appointment, property, startsAt, endsAt } = booking;
  if (appointment === null) return [];
  const { service, provider, address, zone, adults, children } = appointment;
  const place = address === null ? (zone?.name ?? property.name) : formatAddressLine(address);
  return [
    { label: 'What', value: service.name },
    { label: 'When', value: `${at(startsAt, DAY)}, ${at(startsAt, TIME)} to ${at(endsAt, TIME)}` },
    { label: 'With', value: provider.name },
    ...(adults + children > 1 ? [{ label: 'Guests', value: sayGuests(appointment) }] : []),
    { label: 'Where', value: place },
  ];
}

/** Lists the amounts. Each part of the price is in one row only: paid, held, to pay now, or later. */
function describeMoney({ booking, account, money }: Words): Row[] {
  const { paid, held, refunded, refunding, waived, fee, payNow, dueLater } = account;
  const isEnded = STATUSES[booking.status][1] === 'ENDED' && dueLater === 0;
  // A balance may be paid now or on the day; only a held move has a deadline.
  const isRest = payNow?.purpose === 'BALANCE' && booking.moveExpiresAt === null;
  const feeName = booking.status === 'NO_SHOW' ? 'Kept for the missed booking' : 'Kept as cancellation fee';
  const rows: readonly (readonly [isShown: boolean, label: string, amount: number])[] = [
    [true, 'Price', booking.price.totalPayable],
    [paid + refunded > 0, 'Paid', paid + refunded],
    [held > 0, sayHeld(booking, account), held],
    [refunded > 0, 'Refunded', refunded],
    [refunding > 0, 'On its way back to you', refunding],
    [waived > 0, 'Waived', waived],
    [fee > 0, feeName, fee],
    [payNow !== null, isRest ? 'Still to pay' : 'To pay now', payNow?.amount ?? 0],
    [payNow !== null && dueLater > 0, 'Due later', dueLater],
    [payNow === null && held > 0 && dueLater > 0, 'Due later', dueLater],
    [payNow === null && held === 0 && !isEnded, 'Still to pay', dueLater],
  ];
  return rows.filter(([isShown]) => isShown).map(([, label, amount]) => ({ label, value: money(amount) }));
}

function sayHeld({ status }: BookingSnapshot, { isBeingCaptured }: GuestAccount): string {
  if (isBeingCaptured) return 'Being charged to your card';
  return STATUSES[status][1] === 'ENDED' ? 'Being released on your card' : 'Held on your card';
}

function writeNote(words: Words): string | null {
  const { booking, account, money, at } = words;
  const { property, moveExpiresAt, captureBefore } = booking;
  switch (booking.status) {
    case 'PENDING_PAYMENT':
      if (account.held > 0) return 'Your payment is being confirmed.';
      return account.payNow === null
        ? 'The time to pay has ended. Book again if you still want to come.'
        : 'Pay in the time that is left, or the booking ends.';
    case 'PENDING_APPROVAL': {
      if (isPaidAgain(words)) {
        return `The hold on your card ended before ${property.name} decided, and nothing was charged. Pay again to keep your request.`;
      }
      if (account.held === 0) return `${property.name} has received your request and will decide on it.`;
      const until = captureBefore === null ? '' : ` by ${at(captureBefore, { ...DAY, ...TIME })}`;
      return `${property.name} decides on your request${until}. The amount on your card is held, not charged: approval charges it, and otherwise it is released.`;
    }
    case 'CONFIRMED':
      if (moveExpiresAt === null) return null;
      return `Your move is kept until ${at(moveExpiresAt, TIME)}. Pay the difference by then, or the booking goes back to what it was.`;
    case 'DECLINED':
      return `${property.name} could not accept your request.${sayRefund(account, money)}`;
    case 'CANCELLED':
      return sayRefund(account, money).trim() || null;
    case 'EXPIRED':
      return 'The booking was not paid in time, and its place may have been sold.';
    case 'NO_SHOW':
      return `${property.name} expected you and you did not come. Nothing more is due.`;
    case 'IN_HOUSE':
    case 'COMPLETED':
      return null;
  }
}

function sayRefund({ refunding, refunded, paid, held }: GuestAccount, money: Words['money']): string {
  if (held > 0) return ' The amount on your card is being released.';
  if (paid + refunded === 0) return ' Nothing was charged.';
  if (refunding > 0) return ` ${money(refunding)} is on its way back to you. Banks take up to ten days.`;
  return refunded > 0 ? ` ${money(refunded)} was refunded.` : '';
}

/** Chooses when the page reads again: soon while the guest waits for something, else never. */
function chooseRefresh({ booking, account }: Words): number | null {
  if (booking.status === 'PENDING_PAYMENT') return 3;
  if (booking.moveExpiresAt !== null || account.isBeingCaptured) return 5;
  return booking.status === 'PENDING_APPROVAL' || account.refunding > 0 ? 15 : null;
}

function listActions({ booking, account, money }: Words, capabilities: readonly Capability[]): GuestPage['actions'] {
  const { payNow, paid, held, isBeingCaptured, refunded, refunding } = account;
  const actions: GuestPage['actions'] = [];
  if (payNow !== null && capabilities.includes('PAY')) {
    const label =
      payNow.purpose === 'DEPOSIT' ? `Pay ${money(payNow.amount)} now` : `Pay the balance of ${money(payNow.amount)}`;
    actions.push({ action: 'PAY', label, purpose: payNow.purpose });
  }
  if (paid + held + refunded + refunding > 0) actions.push({ action: 'RECEIPT', label: 'Receipt', purpose: null });
  // While a card is charged, a cancellation would be refused.
  const canCancel = CANCELLABLE.includes(booking.status) && booking.readAt < booking.startsAt && !isBeingCaptured;
  if (canCancel && capabilities.includes('CHANGE')) {
    const label = booking.status === 'CONFIRMED' ? 'Cancel this booking' : 'Withdraw this booking';
    actions.push({ action: 'CANCEL', label, purpose: null });
  }
  return actions;
}

function sayGuests({ adults, children }: { readonly adults: number; readonly children: number }): string {
  const grown = count(adults, 'adult', 'adults');
  return children === 0 ? grown : `${grown}, ${count(children, 'child', 'children')}`;
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
