import type { Capability } from '../../access/capabilities.ts';
import type { BookingSnapshot } from '../../booking/booking.ts';
import type { BookingStatus } from '../../booking-status.ts';
import { isAllowed } from '../../booking-status.ts';
import { joinNames } from '../../person/name.ts';
import { countDays } from '../../time/calendar.ts';
import { formatAddressLine } from '../address-line.ts';
import { writeNote } from './guest-note.ts';
import { DAY, isPaidAgain, TIME, toGuestWords } from './guest-words.ts';
import type { GuestPage, GuestRow, GuestWords } from './guest-words.ts';
import { describeMoney } from './money-rows.ts';

const STATUSES: Readonly<Record<BookingStatus, readonly [string, GuestPage['tone']]>> = {
  PENDING_PAYMENT: ['Waiting for your payment', 'WAITING'],
  PENDING_APPROVAL: ['Waiting for approval', 'WAITING'],
  CONFIRMED: ['Confirmed', 'GOOD'],
  IN_HOUSE: ['Checked in', 'GOOD'],
  COMPLETED: ['Completed', 'ENDED'],
  DECLINED: ['Declined', 'ENDED'],
  CANCELLED: ['Cancelled', 'ENDED'],
  EXPIRED: ['Expired', 'ENDED'],
  NO_SHOW: ['Missed', 'ENDED'],
};

/** Describes a booking in words, with the actions that its guest and this token have now. */
export function describeForGuest(booking: BookingSnapshot, capabilities: readonly Capability[]): GuestPage {
  const words = toGuestWords(booking);
  const [status, tone] = STATUSES[booking.status];
  return {
    code: booking.code,
    property: booking.property.name,
    phone: booking.property.phone,
    status: sayStatus(words) ?? status,
    tone,
    note: writeNote(words),
    details: listDetails(words),
    money: describeMoney(words),
    secondsLeft: words.secondsLeft,
    refreshSeconds: chooseRefresh(words),
    actions: listActions(words, capabilities),
  };
}

/** Says more than the status where the payment decides what the guest waits for. */
function sayStatus(words: GuestWords): string | null {
  if (isPaidAgain(words)) return 'Please pay again';
  return words.booking.status === 'PENDING_PAYMENT' && words.account.held > 0 ? 'Confirming your payment' : null;
}

/** Lists what is booked, when, where and for whom. */
function listDetails(words: GuestWords): GuestRow[] {
  const { stay, party } = words.booking;
  const primary = party.find(({ role }) => role === 'PRIMARY');
  const [what, where] = stay === null ? describeAppointment(words) : describeStay(words, stay);
  const name = primary === undefined ? [] : [{ label: 'Name', value: joinNames(primary) }];
  return [...what, ...name, { label: 'Where', value: where }];
}

type Described = readonly [rows: GuestRow[], place: string];

function describeStay({ booking, at }: GuestWords, stay: NonNullable<BookingSnapshot['stay']>): Described {
  const { roomType, room, checkIn, checkOut } = stay;
  const nights = count(countDays(checkIn, checkOut), 'night', 'nights');
  const isHere = booking.status === 'IN_HOUSE' && room !== null;
  const rows = [
    { label: 'Room', value: `${roomType.name}${isHere ? ` ${room.number}` : ''}, ${nights}` },
    { label: 'Arrival', value: `${at(booking.startsAt, DAY)}, from ${at(booking.startsAt, TIME)}` },
    { label: 'Departure', value: `${at(booking.endsAt, DAY)}, by ${at(booking.endsAt, TIME)}` },
    { label: 'Guests', value: sayGuests(stay) },
  ];
  return [rows, booking.property.name];
}

function describeAppointment({ booking, at }: GuestWords): Described {
  const { appointment, property, startsAt, endsAt } = booking;
  if (appointment === null) return [[], property.name];
  const { service, provider, address, zone, adults, children } = appointment;
  const rows = [
    { label: 'What', value: service.name },
    { label: 'When', value: `${at(startsAt, DAY)}, ${at(startsAt, TIME)} to ${at(endsAt, TIME)}` },
    { label: 'With', value: provider.name },
    ...(adults + children > 1 ? [{ label: 'Guests', value: sayGuests(appointment) }] : []),
  ];
  return [rows, address === null ? (zone?.name ?? property.name) : formatAddressLine(address)];
}

/** Chooses when the page reads again: soon while the guest waits for something, else never. */
function chooseRefresh({ booking, account }: GuestWords): number | null {
  if (booking.status === 'PENDING_PAYMENT') return 3;
  if (booking.status === 'PENDING_APPROVAL' && !account.isBeingCaptured) return 15;
  if (booking.moveExpiresAt !== null || account.held > 0) return 5;
  return account.refunding > 0 ? 15 : null;
}

function listActions(words: GuestWords, capabilities: readonly Capability[]): GuestPage['actions'] {
  const { booking, account } = words;
  const { payNow, paid, held, isBeingCaptured, refunded } = account;
  const actions: GuestPage['actions'] = [];
  if (payNow !== null && capabilities.includes('PAY')) {
    actions.push({ action: 'PAY', label: namePayment(words, payNow), purpose: payNow.purpose });
  }
  if (paid + held + refunded > 0) actions.push({ action: 'RECEIPT', label: 'Receipt', purpose: null });
  const attempt = { action: 'cancel', kind: booking.kind, from: booking.status, by: 'GUEST' } as const;
  // While a card is charged, a cancellation would be refused.
  const canCancel = isAllowed(attempt) && booking.readAt < booking.startsAt && !isBeingCaptured;
  if (canCancel && capabilities.includes('CHANGE')) {
    const label = booking.status === 'PENDING_APPROVAL' ? 'Withdraw this request' : 'Cancel this booking';
    actions.push({ action: 'CANCEL', label, purpose: null });
  }
  return actions;
}

function namePayment(words: GuestWords, payNow: NonNullable<GuestWords['account']['payNow']>): string {
  const amount = words.money(payNow.amount);
  if (isPaidAgain(words)) return `Pay again: ${amount}`;
  const isRest = payNow.purpose === 'BALANCE' && words.booking.moveExpiresAt === null;
  return isRest ? `Pay the balance of ${amount}` : `Pay ${amount} now`;
}

function sayGuests({ adults, children }: { readonly adults: number; readonly children: number }): string {
  const grown = count(adults, 'adult', 'adults');
  return children === 0 ? grown : `${grown}, ${count(children, 'child', 'children')}`;
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
