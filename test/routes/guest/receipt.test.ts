import { afterAll, beforeAll, expect, test } from 'vitest';
import { stayBody } from '../../support/hotel/build.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;
let paid: { code: string; guestToken: string };

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC');
  const guest = { firstName: '<b>Ada', lastName: "O'Byrne & Co", email: 'ada@example.com' };
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody({ guest }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const body = { amount: 2_500, reason: 'Shower was cold' };
  await t.call('POST', `${hotel.desk}/${code}/refunds`, { token: hotel.ownerToken, body });
  paid = { code, guestToken };
});
afterAll(() => t.close());

test('the guest’s receipt has the price, what was paid, what was given back, and sums that agree', async () => {
  const { status, body } = await t.call('GET', '/v1/guest/booking/receipt', { token: paid.guestToken });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    code: paid.code,
    currency: 'EUR',
    paid: 10_000,
    refunded: 2_500,
    waived: 2_500,
    fee: 0,
    balanceDue: 0,
    price: { totalPayable: 10_000 },
    entries: [
      { kind: 'PAYMENT', method: 'CARD', amount: 10_000, state: 'DONE', reference: expect.stringMatching(/^pi_…/) },
      { kind: 'REFUND', method: 'CARD', amount: -2_500, state: 'DONE', reference: null },
    ],
  });
});

test('what staff noted of a refund is in their statement, and in nothing the guest can read', async () => {
  const statement = await t.call('GET', `${hotel.desk}/${paid.code}/statement`, { token: hotel.ownerToken });
  expect(statement.body.entries[1]).toMatchObject({ kind: 'REFUND', reference: 'Shower was cold' });
  for (const path of ['', '/receipt', '/receipt.html']) {
    const url = `/api/v1/guest/booking${path}`;
    const answer = await t.app.inject({ url, headers: { authorization: `Bearer ${paid.guestToken}` } });
    expect(answer.body).not.toContain('Shower');
  }
});

test('the receipt as a page can be printed, and runs nothing a guest wrote', async () => {
  const answer = await t.app.inject({
    url: '/api/v1/guest/booking/receipt.html',
    headers: { authorization: `Bearer ${paid.guestToken}` },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toContain('text/html');
  expect(answer.headers['cache-control']).toContain('no-store');
  expect(answer.body).toContain('&lt;b&gt;Ada O&#39;Byrne &amp; Co');
  expect(answer.body).not.toContain('<b>');
  for (const amount of ['100.00 EUR', '-25.00 EUR', '0.00 EUR']) expect(answer.body).toContain(amount);
});

test('the staff’s statement adds what the ledger has, each transfer with its two ends', async () => {
  const { body } = await t.call('GET', `${hotel.desk}/${paid.code}/statement`, { token: hotel.ownerToken });
  expect(body.transfers).toMatchObject([
    { kind: 'PAYMENT', from: 'GATEWAY', to: 'BOOKING', amount: 10_000 },
    { kind: 'REFUND', from: 'BOOKING', to: 'REFUNDS', amount: 2_500 },
    { kind: 'PAYOUT', from: 'REFUNDS', to: 'GATEWAY', amount: 2_500 },
  ]);
});

test('a booking nobody has paid has an empty account and everything still to pay', async () => {
  const created = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  const receipt = await t.call('GET', '/v1/guest/booking/receipt', { token: created.body.guestToken as string });
  expect(receipt.body).toMatchObject({ entries: [], paid: 0, refunded: 0, balanceDue: 10_000 });
});

test('a new link by staff works, may use the wallet, and ends the links before it', async () => {
  const link = await t.call('POST', `${hotel.desk}/${paid.code}/guest-link`, { token: hotel.ownerToken, body: {} });
  expect(link).toMatchObject({ status: 200, body: { url: expect.stringContaining('/manage#') } });
  const token = link.body.guestToken as string;
  expect((await t.call('GET', '/v1/guest/booking', { token })).body).toMatchObject({ code: paid.code });
  expect((await t.call('GET', '/v1/guest/booking', { token: paid.guestToken })).status).toBe(401);
});

test('the link in a booking’s answer may not spend the wallet', async () => {
  const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  const pay = { token: body.guestToken as string, body: { walletAmount: 100 } };
  expect(await t.call('POST', '/v1/guest/booking/payment-session', pay)).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
});
