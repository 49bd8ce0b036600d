import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { countStatements } from '../../support/database/queries.ts';
import { addCustomer, changeWallet, customerOf, findLedgerFaults } from '../../support/money/wallet.ts';

let t: TestApp;
let desk: Desk;
let other: Desk;

beforeAll(async () => {
  t = await startTestApp();
  [desk, other] = await Promise.all([openDesk(t, { rooms: 20 }), openDesk(t)]);
});
afterAll(async () => {
  expect(await findLedgerFaults(t, desk.hotel.propertyId)).toEqual([]);
  await t.close();
});

const newCustomer = () => addCustomer(t, desk.hotel.propertyId);
const change = (customer: string, verb: 'credits' | 'debits', amount: number, headers: Record<string, string> = {}) =>
  desk.call('POST', `/customers/${customer}/wallet/${verb}`, { body: { amount, reason: 'Goodwill' }, headers });
const read = (customer: string, query = '') => desk.call('GET', `/customers/${customer}/wallet${query}`);

describe('what staff give and take', () => {
  test('a wallet that was never used is empty', async () => {
    const { status, body } = await read(await newCustomer());
    expect({ status, body }).toEqual({
      status: 200,
      body: { balance: 0, reserved: 0, currency: 'EUR', items: [], nextCursor: null },
    });
  });

  test('a credit adds, a debit takes away, and the statement says who and why', async () => {
    const customer = await newCustomer();
    expect(await change(customer, 'credits', 5_000)).toMatchObject({ status: 200, body: { balance: 5_000 } });
    const answer = await change(customer, 'debits', 1_500);
    expect(answer).toMatchObject({ status: 200, body: { balance: 3_500, reserved: 0, currency: 'EUR' } });
    const by = { at: expect.any(String), id: expect.any(String), actor: { type: 'STAFF', name: 'Sam' } };
    const debit = { ...by, kind: 'WALLET_DEBIT', amount: -1_500, reason: 'Goodwill' };
    expect(answer.body.items).toEqual([debit]);
    const { body } = await read(customer);
    expect(body).toMatchObject({ balance: 3_500, reserved: 0, nextCursor: null });
    expect(body.items).toEqual([debit, { ...by, kind: 'WALLET_CREDIT', amount: 5_000, reason: 'Goodwill' }]);
    const after = await read(customer, `?cursor=${String(answer.body.nextCursor)}`);
    expect(after.body.items).toEqual(body.items.slice(1));
  });

  test('more than is there is not taken, and the answer says what is', async () => {
    const customer = await newCustomer();
    await changeWallet(desk, customer, 1_000);
    const refused = { ...refusal('insufficient_wallet_balance'), body: { available: 1_000, currency: 'EUR' } };
    expect(await change(customer, 'debits', 1_001)).toMatchObject(refused);
    expect(await change(customer, 'debits', 1_000)).toMatchObject({ status: 200, body: { balance: 0 } });
    expect(await change(customer, 'debits', 1)).toMatchObject(refusal('insufficient_wallet_balance'));
  });

  test('a repeat with the same key changes nothing and is answered like the first', async () => {
    const customer = await newCustomer();
    const key = { 'idempotency-key': customer };
    const first = await change(customer, 'credits', 700, key);
    const again = await change(customer, 'credits', 700, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await read(customer)).body.balance).toBe(700);
    expect(await change(customer, 'credits', 701, key)).toMatchObject(refusal('idempotency_key_reused'));
  });

  test('a dry run answers what would be, and changes nothing', async () => {
    const customer = await newCustomer();
    await changeWallet(desk, customer, 100);
    const dry = { prefer: 'dry-run' };
    expect(await change(customer, 'credits', 50, dry)).toMatchObject({ status: 200, body: { balance: 150 } });
    expect(await change(customer, 'debits', 50, dry)).toMatchObject({ status: 200, body: { balance: 50 } });
    expect(await change(customer, 'debits', 101, dry)).toMatchObject(refusal('insufficient_wallet_balance'));
    expect((await read(customer)).body).toMatchObject({ balance: 100, items: [{ amount: 100 }] });
  });

  test.each([
    ['nothing', { amount: 0, reason: 'x' }],
    ['less than nothing', { amount: -1, reason: 'x' }],
    ['half a cent', { amount: 0.5, reason: 'x' }],
    ['without a reason', { amount: 1 }],
    ['for an empty reason', { amount: 1, reason: ' ' }],
  ])('%s is refused', async (_, body) => {
    const customer = await newCustomer();
    for (const verb of ['credits', 'debits']) {
      const answer = await desk.call('POST', `/customers/${customer}/wallet/${verb}`, { body });
      expect(answer).toMatchObject(refusal('validation_failed'));
    }
  });

  test('a customer of another property is nobody here', async () => {
    const theirs = await addCustomer(t, other.hotel.propertyId);
    for (const answer of [await read(theirs), await change(theirs, 'credits', 1), await change(theirs, 'debits', 1)]) {
      expect(answer).toMatchObject(refusal('not_found'));
    }
    expect((await other.call('GET', `/customers/${theirs}/wallet`)).body).toMatchObject({ balance: 0, items: [] });
  });

  test('it is logged by id and amount, never with the reason', async () => {
    const customer = await newCustomer();
    t.logged.length = 0;
    await change(customer, 'credits', 300);
    await change(customer, 'debits', 301);
    expect(t.logged.filter(({ event }) => String(event).startsWith('wallet/'))).toMatchObject([
      { event: 'wallet/credit', actor: 'STAFF', customerId: customer, amount: 300, outcome: 'ok' },
      { event: 'wallet/debit', actor: 'STAFF', customerId: customer, outcome: 'insufficient_wallet_balance' },
    ]);
    expect(JSON.stringify(t.logged)).not.toContain('Goodwill');
  });
});

describe('the statement', () => {
  test('pages show every movement once, the latest first, while others come', async () => {
    const customer = await newCustomer();
    for (let amount = 1; amount <= 9; amount += 1) await changeWallet(desk, customer, amount % 3 === 0 ? -1 : amount);
    const all = (await read(customer)).body.items.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await read(customer, `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      await changeWallet(desk, customer, 1);
    }
    expect(seen).toEqual(all);
    expect(seen).toHaveLength(9);
  });

  test('costs as many statements for one movement as for many', async () => {
    const customer = await newCustomer();
    await changeWallet(desk, customer, 1);
    const one = await countStatements(() => read(customer));
    for (let count = 0; count < 10; count += 1) await changeWallet(desk, customer, 1);
    expect(await countStatements(() => read(customer, '?limit=200'))).toBe(one);
  });

  test.each(['nonsense', Buffer.from('["x"]').toString('base64url'), Buffer.from('[1]').toString('base64url')])(
    'the cursor %s is refused',
    async (cursor) => {
      expect(await read(await newCustomer(), `?cursor=${cursor}`)).toMatchObject(refusal('validation_failed'));
    },
  );
});

describe('what guests see and spend', () => {
  /** A booking of somebody with money in the wallet, and a link that may spend it. */
  async function bookWith(balance: number) {
    const email = `${String(balance)}-${randomUUID()}@example.com`;
    const { code, guestToken } = await desk.book({ guest: { firstName: 'Aoife', lastName: 'Byrne', email } });
    const customer = await customerOf(t, code);
    if (balance > 0) await changeWallet(desk, customer, balance);
    const link = await desk.call('POST', `/bookings/${code}/guest-link`, { body: {} });
    return { code, guestToken, customer, walletToken: link.body.guestToken as string };
  }
  const look = (token: string) => t.call('GET', '/v1/guest/wallet', { token });
  const pay = (token: string, walletAmount: number, headers: Record<string, string> = {}, more: object = {}) =>
    t.call('POST', '/v1/guest/booking/payment-session', { token, body: { walletAmount, ...more }, headers });

  test('the link made by staff sees the wallet; the token of the booking does not', async () => {
    const email = 'wallet@example.com';
    const { code, guestToken } = await desk.book({ guest: { firstName: 'Aoife', lastName: 'Byrne', email } });
    expect(await look(guestToken)).toMatchObject(refusal('forbidden'));
    expect(await pay(guestToken, 1)).toMatchObject(refusal('forbidden'));
    const link = await desk.call('POST', `/bookings/${code}/guest-link`, { body: {} });
    const { status, body } = await look(link.body.guestToken as string);
    expect({ status, body }).toEqual({ status: 200, body: { balance: 0, available: 0, currency: 'EUR' } });
    expect(await look(desk.token)).toMatchObject(refusal('unauthorized'));
  });

  test('a wallet that covers all of it pays at once, without a page, and the statement names the booking', async () => {
    const { code, customer, walletToken } = await bookWith(12_000);
    t.logged.length = 0;
    const answer = await pay(walletToken, 10_000);
    expect(answer).toMatchObject({ status: 200, body: { url: null, stage: 'CAPTURED', expiresAt: null } });
    expect((await desk.call('GET', `/bookings/${code}`)).body).toMatchObject({
      status: 'CONFIRMED',
      paidAmount: 10_000,
      balanceDue: 0,
      paymentStage: 'CAPTURED',
      payments: [{ provider: 'WALLET', method: 'WALLET', stage: 'CAPTURED', amount: 10_000 }],
    });
    expect((await look(walletToken)).body).toEqual({ balance: 2_000, available: 2_000, currency: 'EUR' });
    expect((await read(customer)).body.items[0]).toMatchObject({ kind: 'PAYMENT', amount: -10_000, bookingCode: code });
    expect(t.logged.filter(({ event }) => /^[A-Z_]+$/.test(String(event)))).toMatchObject([
      { event: 'WALLET_DEDUCTED', code, amount: 10_000 },
      { event: 'PAYMENT_FINALIZE_SUCCESS', code, mode: 'WALLET', walletDeducted: 10_000, gatewayCharged: 0 },
    ]);
  });

  test('more than the booking costs is never taken', async () => {
    const { walletToken } = await bookWith(50_000);
    expect((await pay(walletToken, 50_000)).body.stage).toBe('CAPTURED');
    expect((await look(walletToken)).body.balance).toBe(40_000);
  });

  test('a wallet with too little pays nothing, and the booking waits on', async () => {
    const { code, walletToken } = await bookWith(9_999);
    t.logged.length = 0;
    const refused = { ...refusal('insufficient_wallet_balance'), body: { available: 9_999, currency: 'EUR' } };
    expect(await pay(walletToken, 10_000)).toMatchObject(refused);
    expect(await look(walletToken)).toMatchObject({ body: { balance: 9_999, available: 9_999 } });
    expect((await desk.call('GET', `/bookings/${code}`)).body).toMatchObject({
      status: 'PENDING_PAYMENT',
      paidAmount: 0,
    });
    expect(t.logged).toContainEqual(
      expect.objectContaining({ event: 'PAYMENT_FINALIZE_ERROR', code, outcome: 'insufficient_wallet_balance' }),
    );
  });

  test('a dry run pays nothing', async () => {
    const { code, walletToken } = await bookWith(10_000);
    expect((await pay(walletToken, 10_000, { prefer: 'dry-run' })).status).toBe(200);
    expect((await look(walletToken)).body.balance).toBe(10_000);
    expect((await desk.call('GET', `/bookings/${code}`)).body.status).toBe('PENDING_PAYMENT');
  });

  test('the same request again, with its key, pays once and is answered like the first, also at the same time', async () => {
    const { walletToken } = await bookWith(10_000);
    const key = { 'idempotency-key': walletToken };
    const answers = await Promise.all(Array.from({ length: 5 }, () => pay(walletToken, 10_000, key)));
    answers.push(await pay(walletToken, 10_000, key));
    for (const { status, body } of answers) {
      expect(status === 200 ? body.stage : body.code).toMatch(/^(CAPTURED|idempotency_in_progress)$/);
    }
    expect(answers.at(-1)).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect((await look(walletToken)).body.balance).toBe(0);
  });

  test('the same request again, with its key, does not pay the balance where the first paid the deposit', async () => {
    const terms = { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 3_000 } } as const;
    const inn = await openDesk(t, { property: terms });
    const { code } = await inn.book();
    const customer = await customerOf(t, code);
    await changeWallet(inn, customer, 20_000);
    const link = await inn.call('POST', `/bookings/${code}/guest-link`, { body: {} });
    const token = link.body.guestToken as string;
    const key = { 'idempotency-key': 'deposit' };
    const answers = await Promise.all(Array.from({ length: 4 }, () => pay(token, 20_000, key)));
    answers.push(await pay(token, 20_000, key));
    expect(answers.filter(({ status }) => status === 200).map(({ body }) => body.stage)).toContain('CAPTURED');
    expect((await inn.call('GET', `/bookings/${code}`)).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 3_000 });
    expect((await look(token)).body.balance).toBe(17_000);
    expect((await pay(token, 20_000, {}, { purpose: 'BALANCE' })).body.stage).toBe('CAPTURED');
    expect((await look(token)).body.balance).toBe(10_000);
  });

  test('a wallet’s part of a cancelled booking comes back into the wallet', async () => {
    const { code, customer, walletToken } = await bookWith(10_000);
    await pay(walletToken, 10_000);
    expect((await desk.act(code, 'cancel', {})).body).toMatchObject({ status: 'CANCELLED', paidAmount: 0 });
    const { body } = await read(customer);
    expect(body).toMatchObject({ balance: 10_000, reserved: 0 });
    expect(body.items[0]).toMatchObject({ kind: 'PAYOUT', amount: 10_000, bookingCode: code });
  });
});
