import { countSecondsLeft } from '../../booking/booking.ts';
import type { BookingSnapshot } from '../../booking/booking.ts';
import { summarizeAccount } from '../../booking/guest-account.ts';
import type { GuestAccount } from '../../booking/guest-account.ts';
import { MINOR_UNIT_DIGITS } from '../../money/money.ts';
import { countryOfZone } from '../../person/country-of-zone.ts';

/** One line of the page: what it is, and its value in words. */
export interface GuestRow {
  readonly label: string;
  readonly value: string;
}

/** A booking in words, as the page behind its guest's link shows it. */
export interface GuestPage {
  readonly code: string;
  readonly property: string;
  readonly phone: string | null;
  readonly status: string;
  readonly tone: 'WAITING' | 'GOOD' | 'ENDED';
  readonly note: string | null;
  readonly details: GuestRow[];
  readonly money: (GuestRow & { readonly isDue: boolean })[];
  readonly secondsLeft: number | null;
  readonly refreshSeconds: number | null;
  readonly actions: {
    readonly action: 'PAY' | 'RECEIPT' | 'CANCEL';
    readonly label: string;
    readonly purpose: 'DEPOSIT' | 'BALANCE' | null;
  }[];
}

/** A booking with its account, and the ways to write its amounts and instants for its guest. */
export interface GuestWords {
  readonly booking: BookingSnapshot;
  readonly account: GuestAccount;
  /** Time left to pay the hold, the request or the move; null without a deadline. */
  readonly secondsLeft: number | null;
  readonly money: (amount: number) => string;
  /** Formats an instant on the property's clock, the way its country writes dates. */
  readonly at: (instant: string, options: Intl.DateTimeFormatOptions) => string;
}

export const DAY: Intl.DateTimeFormatOptions = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' };
export const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
/** A day of the next weeks, which needs no year. */
const NEAR_DAY: Intl.DateTimeFormatOptions = { weekday: 'long', month: 'long', day: 'numeric' };

export function toGuestWords(booking: BookingSnapshot): GuestWords {
  const { timezone: timeZone } = booking.property;
  const country = countryOfZone(timeZone);
  const locale = country === null ? 'en' : `en-${country}`;
  return {
    booking,
    account: summarizeAccount(booking),
    secondsLeft: countLeft(booking),
    money: (amount) => formatMoney(amount, booking.price.currency),
    at: (instant, options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(new Date(instant)),
  };
}

/** Formats a deadline: its time today, and the day before the time otherwise. */
export function sayDeadline({ booking, at }: GuestWords, instant: string): string {
  const isToday = at(instant, DAY) === at(booking.readAt, DAY);
  return isToday ? at(instant, TIME) : at(instant, { ...NEAR_DAY, ...TIME });
}

/** Tells whether a request waits for a new payment, because the first one was not captured. */
export function isPaidAgain({ booking, account }: GuestWords): boolean {
  return booking.status === 'PENDING_APPROVAL' && account.payNow !== null;
}

/** Tells whether the time to pay has passed and the booking is about to end, or a move to be undone. */
export function hasRunOut({ secondsLeft, account }: GuestWords): boolean {
  return secondsLeft === 0 && account.held === 0;
}

function countLeft(booking: BookingSnapshot): number | null {
  if (booking.moveExpiresAt === null) return countSecondsLeft(booking);
  return Math.max(0, Math.ceil((Date.parse(booking.moveExpiresAt) - Date.parse(booking.readAt)) / 1_000));
}

/** Formats an amount with the symbol of its currency and the digits of its minor unit. */
function formatMoney(amount: number, currency: string): string {
  const digits = MINOR_UNIT_DIGITS[currency] ?? 2;
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...fraction }).format(amount / 10 ** digits);
}
