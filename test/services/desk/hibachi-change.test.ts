import { afterAll, beforeAll, expect, test } from 'vitest';
import { travelToNoon } from '../../support/database/clock.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openHibachi } from '../../support/http/hibachi.ts';
import type { Hibachi } from '../../support/http/hibachi.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { refusal } from '../../support/http/problems.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hibachi: Hibachi;

beforeAll(async () => {
  t = await startPayingApp();
  hibachi = await openHibachi(t);
  await t.ctx.db.property.update({ where: { slug: 'ember-hibachi' }, data: { approval: 'STAFF' } });
});
afterAll(() => t.close());

/** A party of twelve whose deposit is authorized on a card, and waits for staff. */
async function authorize(date: string): Promise<{ code: string; token: string; deposit: number }> {
  const { code, guest_token: token, deposit_due_cents: deposit } = await hibachi.book({ date });
  const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: token as string, body: {} });
  await t.payOn(page.body.url as string);
  await t.reaches(token as string, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  return { code, token, deposit };
}

test('a party that is changed and confirmed at once is captured for its deposit, and the rest follows the new price', async () => {
  const { code, token, deposit } = await authorize(daysAhead(40));
  const body = { slot: '17:00', party_adults: 20, status: 'CONFIRMED' };
  const { status, body: done } = await hibachi.call('PUT', `/${code}`, { body });
  expect({ status, done }).toMatchObject({ status: 200, done: { ...body, deposit_due_cents: deposit } });
  const balanceDue = Number(done.total_due_cents) - deposit;
  await t.reaches(token, { status: 'CONFIRMED', paymentStage: 'CAPTURED', paidAmount: deposit, balanceDue });
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('a party that is changed and cancelled at once is given its card back', async () => {
  const { code, token } = await authorize(daysAhead(41));
  const body = { party_adults: 20, status: 'CANCELLED', reason: 'Rain' };
  expect(await hibachi.call('PUT', `/${code}`, { body })).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  await t.reaches(token, { status: 'CANCELLED', paymentStage: 'VOIDED', paidAmount: 0 });
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('where the second part is refused nothing is asked of the gateway', async () => {
  const { code, token } = await authorize(daysAhead(42));
  const body = { party_adults: 20, status: 'COMPLETED' };
  expect(await hibachi.call('PUT', `/${code}`, { body })).toMatchObject(refusal('invalid_transition'));
  await t.reaches(token, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  const approved = await hibachi.call('PATCH', `/admin/${code}`, { body: { party_adults: 10, status: 'CONFIRMED' } });
  expect(approved).toMatchObject({ status: 200, body: { status: 'CONFIRMED', party_adults: 10 } });
});

/** A party of twenty that stands, all of it paid by card. */
async function payInFull(date: string): Promise<{ code: string; token: string; total: number }> {
  await t.ctx.db.service.updateMany({ where: { code: 'HIBACHI' }, data: { paymentPolicy: 'FULL' } });
  const { code, guest_token: token, total_due_cents: total } = await hibachi.book({ date, party_adults: 20 });
  const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: token as string, body: {} });
  await t.payOn(page.body.url as string);
  await t.reaches(token as string, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  expect(await hibachi.call('PUT', `/${code}`, { body: { status: 'CONFIRMED' } })).toMatchObject({ status: 200 });
  return { code, token, total };
}

test.each([
  ['COMPLETED', 50, 'the new price'],
  ['NO_SHOW', 53, 'the new price'],
  ['CANCELLED', 56, 'nothing'],
] as const)(
  'a party that was paid by card, made smaller and %s at once costs what it came to',
  async (status, days, kept) => {
    const { code, token, total } = await payInFull(daysAhead(days));
    if (status !== 'CANCELLED') await travelToNoon(t.database, daysAhead(days + 1));
    const { body, status: answered } = await hibachi.call('PUT', `/${code}`, { body: { party_adults: 12, status } });
    await t.database.travel('0');
    expect({ answered, body }).toMatchObject({ answered: 200, body: { status, party_adults: 12 } });
    const smaller = Number(body.total_due_cents);
    expect(smaller).toBeLessThan(total);
    await t.reaches(token, { status, paidAmount: kept === 'nothing' ? 0 : smaller });
    expect(await findViolations(t.ctx)).toEqual([]);
  },
);

/** The amounts of all refunds that the gateway was asked for, tries included. */
async function askedFor(): Promise<number[]> {
  const { requests } = (await t.control('GET', '/journal')) as { requests: { path: string; params: object }[] };
  const refunds = requests.filter(({ path }) => path === '/v1/refunds');
  return refunds.map(({ params }) => Number((params as { amount: string }).amount));
}

test('the second refund of a payment is not asked for before the gateway has said how the first ended', async () => {
  const { code, token, total } = await payInFull(daysAhead(59));
  const before = (await askedFor()).length;
  await t.control('POST', '/faults', { method: 'POST', path: '/v1/refunds$', kind: 'drop_before', times: 3 });
  const ended = await hibachi.call('PUT', `/${code}`, { body: { party_adults: 12, status: 'CANCELLED' } });
  expect(ended).toMatchObject({ status: 202, body: { status: 'CANCELLED' } });
  const surplus = total - Number(ended.body.total_due_cents);
  expect(new Set((await askedFor()).slice(before))).toEqual(new Set([surplus]));
  await t.control('DELETE', '/faults');
  await t.database.travel('30 seconds');
  await t.reaches(token, { status: 'CANCELLED', paidAmount: 0, paymentStage: 'REFUNDED' });
  await t.database.travel('0');
  expect(new Set((await askedFor()).slice(before))).toEqual(new Set([surplus, total - surplus]));
  expect(await findViolations(t.ctx)).toEqual([]);
});

test.each([
  ['where it is', {}],
  ['and changed at once', { party_adults: 20 }],
])('a party confirmed %s, and refused by the gateway, frees its key', async (_, change) => {
  const { code, token } = await authorize(daysAhead('party_adults' in change ? 43 : 44));
  const confirm = { body: { ...change, status: 'CONFIRMED' }, headers: { 'idempotency-key': `confirm-${code}` } };
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/capture$',
    kind: 'error_before',
    status: 402,
    times: 1,
  });
  expect(await hibachi.call('PUT', `/${code}`, confirm)).toMatchObject(refusal('authorization_lapsed'));
  await t.reaches(token, { status: 'PENDING_APPROVAL', paymentStage: 'FAILED' });
  const page = await t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });
  await t.payOn(page.body.url as string);
  await t.reaches(token, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  expect(await hibachi.call('PUT', `/${code}`, confirm)).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
});
