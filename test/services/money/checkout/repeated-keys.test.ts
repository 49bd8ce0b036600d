import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../../support/server/app.ts';
import { authorize } from '../../../support/money/authorization.ts';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { makeGuestMoney } from '../../../support/money/guest-money.ts';
import { untilSomebodyWaitsForALock } from '../../../support/race.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

// The same request again, with the same key, where the gateway has a part in the answer.

let t: PayingApp;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'fatal' });
  bank = await openBank(t, 'STAFF');
});
afterEach(() => bank.rest());
afterAll(() => t.close());

const act = (code: string, action: string, body: object, key: string): Promise<Answer> =>
  t.call('POST', `${bank.hotel.desk}/${code}/${action}`, {
    token: bank.hotel.ownerToken,
    body,
    headers: { 'idempotency-key': key },
  });
const REPLAYED = { 'idempotent-replayed': 'true' };

/** Two nights, 200.00: 150.00 of it by card, the rest out of the wallet. */
async function payByBoth(): Promise<string> {
  const { code } = await makeGuestMoney(t).authorizeWithWallet(bank);
  expect((await bank.act(code, 'approve', {})).status).toBe(200);
  return code;
}

/** As if the process died each time before it could keep the answer of what it has done. */
async function whileNoAnswerIsKept(work: () => Promise<void>): Promise<void> {
  await t.database.sql(
    `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed'; END $$;
     CREATE TRIGGER dies BEFORE UPDATE ON idempotency_keys EXECUTE FUNCTION die()`,
  );
  await work().finally(() => t.database.sql('DROP FUNCTION die CASCADE'));
}

const ALL = { amount: 20_000, reason: 'All of it' };

test('a refund of two parts that is not settled yet is answered with both of them again', async () => {
  const code = await payByBoth();
  await t.control('POST', '/faults', { method: 'POST', path: '/v1/refunds$', kind: 'error_before', times: 50 });
  const both = { amount: 20_000, parts: [{}, {}] };
  expect(await act(code, 'refunds', ALL, 'pending')).toMatchObject({ status: 202, body: both });
  expect(await act(code, 'refunds', ALL, 'pending')).toMatchObject({ status: 202, body: both });
  await t.control('DELETE', '/faults');
  await t.database.travel('10 minutes');
  await t.settle();
  const done = { ...both, state: 'DONE' };
  for (let repeat = 0; repeat < 2; repeat += 1) {
    expect(await act(code, 'refunds', ALL, 'pending')).toMatchObject({ status: 200, body: done, headers: REPLAYED });
  }
  expect(await bank.see(code)).toMatchObject({ paidAmount: 0, refunds: [{}, {}] });
});

test('a refund of two parts whose answer was lost with the process is answered with both of them', async () => {
  const code = await payByBoth();
  await whileNoAnswerIsKept(async () => {
    expect((await act(code, 'refunds', ALL, 'killed')).status).toBe(500);
  });
  const done = { amount: 20_000, state: 'DONE', parts: [{}, {}] };
  expect(await act(code, 'refunds', ALL, 'killed')).toMatchObject({ status: 200, body: done, headers: REPLAYED });
  expect(await bank.see(code)).toMatchObject({ paidAmount: 0, refunds: [{}, {}] });
});

test('a refund in which the gateway has no part commits together with its answer', async () => {
  const { code } = await authorize(t, bank.hotel);
  expect((await bank.act(code, 'approve', {})).status).toBe(200);
  const body = { amount: 1_000, reason: 'Shower was cold', to: 'WALLET' };
  await whileNoAnswerIsKept(async () => {
    expect(await act(code, 'refunds', body, 'wallet')).toMatchObject({ status: 200, body: { amount: 1_000 } });
  });
  const again = { status: 200, body: { amount: 1_000, state: 'DONE' }, headers: REPLAYED };
  expect(await act(code, 'refunds', body, 'wallet')).toMatchObject(again);
  expect(await bank.see(code)).toMatchObject({ paidAmount: 9_000, refunds: [{}] });
});

/** The gateway will not capture, this once. */
const refuseCapture = () =>
  t.control('POST', '/faults', { method: 'POST', path: '/capture$', kind: 'error_before', status: 402, times: 1 });
const LAPSED = { status: 409, body: { code: 'authorization_lapsed' } };

test('an approval that the gateway refused frees its key', async () => {
  const { code, guestToken } = await authorize(t, bank.hotel);
  await refuseCapture();
  const refused = await act(code, 'approve', {}, 'refused');
  expect(refused).toMatchObject(LAPSED);
  expect(refused.headers).not.toHaveProperty('idempotent-replayed');
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', payments: [{ stage: 'VOIDED' }] });
  const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  await t.payOn(page.body.url as string);
  await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  expect(await act(code, 'approve', {}, 'refused')).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
  const again = await act(code, 'approve', {}, 'refused');
  expect(again).toMatchObject({ status: 200, body: { status: 'CONFIRMED' }, headers: REPLAYED });
});

test('an approval whose refusal comes late is told to the repeat of it, and frees its key', async () => {
  const { code } = await authorize(t, bank.hotel);
  await t.control('POST', '/faults', { method: 'POST', path: '/capture$', kind: 'error_before', times: 2 });
  expect((await act(code, 'approve', {}, 'late')).status).toBe(202);
  await t.control('DELETE', '/faults');
  await refuseCapture();
  const refused = await act(code, 'approve', {}, 'late');
  expect(refused).toMatchObject(LAPSED);
  expect(refused.headers).not.toHaveProperty('idempotent-replayed');
  expect(await t.database.sql(`SELECT FROM idempotency_keys WHERE key = 'late'`)).toEqual([]);
});

test('the same key while the first request is still at the gateway is 409, and asks the gateway nothing', async () => {
  const { code, intentId } = await authorize(t, bank.hotel);
  const other = new pg.Client({ connectionString: t.database.url });
  await other.connect();
  // Whoever settles an operation waits for the other's lock.
  await t.database.sql(
    `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
     CREATE TRIGGER waits BEFORE UPDATE OF state ON gateway_operations FOR EACH ROW EXECUTE FUNCTION wait()`,
  );
  try {
    await other.query('SELECT pg_advisory_lock(1)');
    const first = act(code, 'approve', {}, 'at-once');
    await untilSomebodyWaitsForALock(t.database);
    expect(await act(code, 'approve', {}, 'at-once')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_progress' },
    });
    await other.query('SELECT pg_advisory_unlock(1)');
    expect(await first).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
  } finally {
    await other.end();
    await t.database.sql('DROP FUNCTION wait CASCADE');
  }
  const { requests } = (await t.control('GET', '/journal')) as { requests: { path: string }[] };
  expect(requests.filter(({ path }) => path.endsWith(`${intentId}/capture`))).toHaveLength(1);
  expect(await act(code, 'approve', {}, 'at-once')).toMatchObject({ status: 200, headers: REPLAYED });
});
