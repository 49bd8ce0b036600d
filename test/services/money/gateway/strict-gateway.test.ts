import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t);
});
afterEach(() => bank.rest());
afterAll(() => t.close());

const operationsOf = (code: string, kind: string) =>
  t.database.sql<{ state: string; outcome: string; key_number: number }>(
    `SELECT o.state, o.outcome, o.key_number FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id
     WHERE b.code = $1 AND o.kind::text = $2 ORDER BY o.id`,
    [code, kind],
  );

test('a 503 that the gateway stored under a key gets the next key, and the refund is made', async () => {
  const { code } = await bank.bookAndPay();
  const failing = { method: 'POST', path: '/v1/refunds$', kind: 'error_before', status: 503, times: 1 };
  await t.control('POST', '/faults', failing);
  expect((await bank.refund(code, 4_000)).status).toBe(202);
  for (const later of ['6 seconds', '30 seconds', '2 minutes']) {
    await t.database.travel(later);
    await t.settle();
  }
  await t.reachesAtDesk(bank.hotel, code, { refunds: [{ state: 'DONE', amount: 4_000 }] });
  expect(await operationsOf(code, 'REFUND')).toMatchObject([{ state: 'DONE', key_number: 2 }]);
});

test('a request to expire a session that the gateway does not know ends, and there is one of it', async () => {
  const { code, guestToken } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.database.sql(
    `UPDATE payments SET session_id = 'cs_gone_' || id WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
    [code],
  );
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(cancelled.body).toMatchObject({ status: 'CANCELLED' });
  await t.settle();
  expect(await operationsOf(code, 'EXPIRE_SESSION')).toMatchObject([{ state: 'REFUSED', outcome: 'resource_missing' }]);
  expect(await bank.see(code)).toMatchObject({ payments: [{ stage: 'FAILED' }] });
});

test('a refused refund says why, and blocks neither cash nor a move meanwhile', async () => {
  const { code } = await bank.bookAndPay();
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/v1/refunds$',
    kind: 'error_before',
    status: 400,
    times: 1,
  });
  const refused = await bank.refund(code, 2_000);
  expect(refused).toMatchObject({ status: 200, body: { state: 'PENDING', lastError: expect.stringMatching(/\w/) } });
  const longer = { checkIn: daysAhead(30), checkOut: daysAhead(32) };
  expect(await bank.act(code, 'reschedule', longer)).toMatchObject({ status: 200 });
  // 200.00 less 100.00 that were paid and 20.00 of them going back, which are waived.
  const cash = await bank.act(code, 'payments', { method: 'CASH', amount: 10_001 });
  expect(cash).toMatchObject({ status: 422, body: { code: 'overpayment', balanceDue: 10_000 } });
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 10_000 })).status).toBe(200);
  await t.database.travel('6 minutes');
  await t.settle();
  await t.reachesAtDesk(bank.hotel, code, { balanceDue: 0, refunds: [{ state: 'DONE', lastError: null }] });
});

test('a card declined on the checkout page stands in the history once per attempt', async () => {
  const { code, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  const session = url.split('/').at(-1) ?? '';
  for (const attempts of [1, 2]) {
    await t.control('POST', `/checkout/${session}/pay`, { card: 'declined' });
    const readDeclines = async () => {
      await t.settle();
      return bank.actionsOf(code, /^card-declined$/);
    };
    await expect.poll(readDeclines, { timeout: 20_000 }).toHaveLength(attempts);
  }
  expect(await bank.toldOf(code, /^payment_failed$/)).toHaveLength(2);
  expect(await bank.see(code)).toMatchObject({ status: 'PENDING_PAYMENT', paymentStage: 'SESSION_CREATED' });
});

test('a session whose deadline is too near by the gateway’s clock is made anew, with margin', async () => {
  // The gateway's clock is ten minutes ahead of the database's.
  await t.control('POST', '/clock', { advanceSeconds: 600 });
  const { url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  expect(url).toMatch(/^http/);
});
