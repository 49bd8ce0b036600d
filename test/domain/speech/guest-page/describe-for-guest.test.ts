import { expect, test } from 'vitest';
import { CAPABILITIES } from '../../../../src/domain/access/capabilities.ts';
import type { BookingSnapshot } from '../../../../src/domain/booking/booking.ts';
import { describeForGuest } from '../../../../src/domain/speech/guest-page/describe-for-guest.ts';
import { aBooking, aPayment, aPrice, aRefund } from '../../../support/hotel/booking-snapshot.ts';

const describe = (own: Partial<BookingSnapshot>) => {
  const page = describeForGuest(aBooking(own), CAPABILITIES);
  return {
    ...page,
    details: page.details.map(({ label, value }) => `${label}: ${value}`),
    money: page.money.map(({ label, value, isDue }) => `${label}: ${value}${isDue ? ' !' : ''}`),
    actions: page.actions.map(({ label }) => label),
  };
};
const paid = { paymentStage: 'CAPTURED', paidAmount: 10_000, payments: [aPayment()], expiresAt: null } as const;
const authorized = { paymentStage: 'AUTHORIZED', payments: [aPayment({ stage: 'AUTHORIZED' })] } as const;
/** An evening in New York, which is the next day in UTC. */
const party = {
  kind: 'APPOINTMENT' as const,
  property: { slug: 'ember', name: 'Ember Hibachi', timezone: 'America/New_York', phone: null },
  startsAt: '2027-05-15T00:30:00.000Z',
  endsAt: '2027-05-15T02:30:00.000Z',
  stay: null,
  appointment: {
    service: { code: 'HIBACHI', name: 'Hibachi at your table' },
    provider: { code: 'S1', name: 'Station 1' },
    adults: 12,
    children: 1,
    address: { line1: '12 Alder Court', line2: null, city: 'Albany', region: 'NY', postalCode: '12207', country: 'US' },
    zone: null,
  },
} satisfies Partial<BookingSnapshot>;

test('a stay says room, nights, dates on the property’s clock, and for whom', () => {
  expect(describe({}).details).toEqual([
    'Room: Suite, 2 nights',
    'Arrival: Friday 14 May 2027, from 15:00',
    'Departure: Sunday 16 May 2027, by 11:00',
    'Guests: 2 adults',
    'Name: Ada Byrne',
    'Where: Harbour Hotel',
  ]);
});

test('a party says service, provider, party size and the guest’s address, as its country writes times', () => {
  expect(describe(party).details.map((line) => line.replaceAll('\u202f', ' '))).toEqual([
    'What: Hibachi at your table',
    'When: Friday, May 14, 2027, 8:30 PM to 10:30 PM',
    'With: Station 1',
    'Guests: 12 adults, 1 child',
    'Name: Ada Byrne',
    'Where: 12 Alder Court, Albany, NY 12207',
  ]);
});

test('a treatment for one person at the property names the property, and no party size', () => {
  const appointment = { ...party.appointment, adults: 1, children: 0, address: null };
  const { details } = describe({ ...party, appointment });
  expect(details.at(-1)).toBe('Where: Ember Hibachi');
  expect(details.some((line) => line.startsWith('Guests'))).toBe(false);
});

test('a hold with a deposit asks for the deposit, and says that the rest is due later', () => {
  expect(describe({ price: aPrice(10_000, 3_000) })).toMatchObject({
    status: 'Waiting for your payment',
    tone: 'WAITING',
    note: 'Pay €30.00 in the time that is left to keep your booking.',
    money: ['Price: €100.00', 'To pay now: €30.00 !', 'Due later: €70.00'],
    secondsLeft: 600,
    actions: ['Pay €30.00 now', 'Cancel this booking'],
  });
});

test('a hold whose time is over asks for nothing', () => {
  const over = describe({ readAt: '2027-05-01T09:10:01.000Z' });
  expect(over).toMatchObject({ note: expect.stringContaining('has ended'), money: ['Price: €100.00'] });
  expect(over.actions).toEqual(['Cancel this booking']);
});

test('a request says how much is held, and until when it is decided: before the stay is over at the latest', () => {
  const request = { ...authorized, status: 'PENDING_APPROVAL', captureBefore: '2027-05-08T09:00:00.000Z' } as const;
  expect(describe(request)).toMatchObject({
    status: 'Waiting for approval',
    note: 'Harbour Hotel decides by Saturday, 8 May at 10:00. €100.00 is held on your card: charged when your request is approved, released otherwise.',
    money: ['Price: €100.00', 'Held on your card: €100.00'],
    actions: ['Receipt', 'Withdraw this request'],
  });
  expect(describe({ ...request, captureBefore: '2027-06-01T09:00:00.000Z' }).note).toMatch(
    /by Sunday, 16 May at 11:00/,
  );
  expect(describe({ ...request, captureBefore: '2027-05-01T20:00:00.000Z' }).note).toMatch(/decides by 21:00\. /);
});

test('a request with a deposit held says that the rest is due later, and one paid from the wallet too says both', () => {
  const request = { ...authorized, status: 'PENDING_APPROVAL' } as const;
  const deposit = [aPayment({ stage: 'AUTHORIZED', amount: 3_000 })];
  expect(describe({ ...request, price: aPrice(10_000, 3_000), payments: deposit }).money).toEqual([
    'Price: €100.00',
    'Held on your card: €30.00',
    'Due later: €70.00',
  ]);
  const mixed = [aPayment({ stage: 'AUTHORIZED', amount: 8_000, walletHeld: 2_000 })];
  expect(describe({ ...request, payments: mixed }).money).toEqual([
    'Price: €100.00',
    'Held on your card: €80.00',
    'Set aside in your wallet: €20.00',
  ]);
});

test('a request that is being charged does not say that it waits for a decision', () => {
  const payments = [aPayment({ stage: 'CAPTURING' })];
  const page = describe({ status: 'PENDING_APPROVAL', paymentStage: 'CAPTURING', payments });
  expect(page.note).toBe('Your request is being accepted, and your card is being charged.');
  expect(page.money).toEqual(['Price: €100.00', 'Being charged to your card: €100.00']);
  expect(page.actions).toEqual(['Receipt']);
});

test('a lapsed request can be paid again, and says why; after a refused capture it promises nothing of a hold', () => {
  const again = { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' } as const;
  const lapsed = describe({ ...again, payments: [aPayment({ stage: 'LAPSED' })] });
  expect(lapsed).toMatchObject({
    status: 'Please pay again',
    note: 'The hold on your card ended before Harbour Hotel decided, and nothing was charged. Pay again in the time that is left to keep your request.',
    money: ['Price: €100.00', 'To pay now: €100.00 !'],
    actions: ['Pay again: €100.00', 'Withdraw this request'],
  });
  const failed = describe({ ...again, paymentStage: 'FAILED', payments: [aPayment({ stage: 'FAILED' })] });
  expect(failed.note).toMatch(/^No payment is held for your request\. Pay again/);
  expect(describe({ ...again, readAt: '2027-05-01T10:00:00.000Z' })).toMatchObject({
    note: expect.stringContaining('has ended'),
    actions: ['Withdraw this request'],
  });
});

test('a request that nothing is paid for says what is due later', () => {
  const price = aPrice(10_000, 0);
  expect(describe({ status: 'PENDING_APPROVAL', price, expiresAt: null })).toMatchObject({
    note: 'Harbour Hotel has received your request and will decide on it.',
    money: ['Price: €100.00', 'Due later: €100.00'],
    actions: ['Withdraw this request'],
  });
});

test('a confirmed booking with a balance can be paid now or on the day, and one that is paid says zero', () => {
  const deposit = { paidAmount: 3_000, payments: [aPayment({ amount: 3_000 })], expiresAt: null } as const;
  expect(describe({ ...deposit, status: 'CONFIRMED', price: aPrice(10_000, 3_000) })).toMatchObject({
    status: 'Confirmed',
    note: 'You can pay the remaining €70.00 here now, or on the day.',
    money: ['Price: €100.00', 'Paid: €30.00', 'Still to pay: €70.00 !'],
    actions: ['Pay the balance of €70.00', 'Receipt', 'Cancel this booking'],
  });
  expect(describe({ status: 'CONFIRMED', expiresAt: null }).note).toBe('You can pay €100.00 here now, or on the day.');
  expect(describe({ ...paid, status: 'CONFIRMED' })).toMatchObject({
    note: null,
    money: ['Price: €100.00', 'Paid: €100.00', 'Still to pay: €0.00'],
    refreshSeconds: null,
  });
});

test('a held move says until when it is kept, and what to pay', () => {
  const moved = {
    ...paid,
    status: 'CONFIRMED',
    price: aPrice(30_000),
    moveExpiresAt: '2027-05-01T13:30:00.000Z',
  } as const;
  expect(describe(moved)).toMatchObject({
    note: 'Your move is kept until 14:30. Pay the difference of €200.00 by then, or your booking goes back to what it was.',
    money: ['Price: €300.00', 'Paid: €100.00', 'To pay now: €200.00 !'],
    secondsLeft: 16_200,
    actions: ['Pay €200.00 now', 'Receipt', 'Cancel this booking'],
  });
  expect(describe({ ...moved, readAt: '2027-04-30T22:59:00.000Z' }).note).toMatch(/until Saturday, 1 May at 14:30/);
  const payments = [aPayment(), aPayment({ id: 'p2', stage: 'CAPTURING', amount: 20_000 })];
  expect(describe({ ...moved, payments })).toMatchObject({ note: expect.stringMatching(/being confirmed/) });
});

test('a cancelled booking says what was refunded, what is on its way, and what is kept', () => {
  const cancelled = { ...paid, status: 'CANCELLED' } as const;
  const done = { ...cancelled, paidAmount: 5_000, feeAmount: 5_000, refunds: [aRefund({ amount: 5_000 })] };
  expect(describe(done)).toMatchObject({
    note: '€50.00 was refunded. €50.00 of what you paid is kept.',
    money: ['Price: €100.00', 'Paid: €100.00', 'Refunded: €50.00', 'Kept as cancellation fee: €50.00'],
    actions: ['Receipt'],
  });
  expect(describe({ ...cancelled, refunds: [aRefund({ state: 'PENDING' })] })).toMatchObject({
    note: '€100.00 is on its way back to you. Banks take up to ten days.',
    money: ['Price: €100.00', 'Paid: €100.00', 'On its way back to you: €100.00'],
    refreshSeconds: 15,
  });
  expect(describe({ ...authorized, status: 'CANCELLED' })).toMatchObject({
    note: 'The hold of €100.00 on your card is being released.',
    money: ['Price: €100.00', 'Being released on your card: €100.00'],
  });
  expect(describe({ status: 'CANCELLED' }).note).toBe('Nothing was charged.');
});

test('after a no-show nothing is due beyond what is kept', () => {
  const missed = {
    status: 'NO_SHOW',
    paidAmount: 3_000,
    feeAmount: 3_000,
    payments: [aPayment({ amount: 3_000 })],
  } as const;
  expect(describe({ ...missed, price: aPrice(10_000, 3_000) })).toMatchObject({
    status: 'Missed',
    note: 'You were expected and did not come. €30.00 of what you paid is kept. Nothing more is due.',
    money: ['Price: €100.00', 'Paid: €30.00', 'Kept for the missed booking: €30.00'],
    actions: ['Receipt'],
  });
});

test('what was waived is said, and not asked for', () => {
  const waived = { ...paid, status: 'COMPLETED', paidAmount: 8_000, waivedAmount: 2_000 } as const;
  expect(describe({ ...waived, payments: [aPayment({ amount: 8_000 })] }).money).toEqual([
    'Price: €100.00',
    'Paid: €80.00',
    'Waived: €20.00',
  ]);
});

test('a booking that has begun can not be cancelled here, and a link that may only look has no buttons', () => {
  expect(describe({ ...paid, status: 'CONFIRMED', readAt: '2027-05-14T14:00:00.000Z' }).actions).toEqual(['Receipt']);
  expect(describe({ ...paid, status: 'IN_HOUSE', readAt: '2027-05-14T15:00:00.000Z' }).actions).toEqual(['Receipt']);
  expect(describeForGuest(aBooking(), ['VIEW']).actions).toEqual([]);
});
