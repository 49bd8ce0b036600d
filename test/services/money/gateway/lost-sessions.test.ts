import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { stayBody } from '../../../support/hotel/build.ts';
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

const openSession = (token: string) => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });

/** What came of the requests for a session: the status of each, and whether the first answer was given again. */
async function requestsOf(code: string): Promise<{ status: number | null; replayed: boolean }[]> {
  const { requests } = (await t.control('GET', '/journal')) as {
    requests: { path: string; params: Record<string, unknown>; status: number | null; replayed: boolean }[];
  };
  return requests
    .filter(({ path, params }) => path === '/v1/checkout/sessions' && params['client_reference_id'] === code)
    .map(({ status, replayed }) => ({ status, replayed }));
}

test('a session whose answer was lost is had again by its key, and there is one of it', async () => {
  const { booking, guestToken } = (await t.call('POST', `${bank.hotel.path}/bookings`, { body: stayBody() })).body;
  const lost = { method: 'POST', path: '/v1/checkout/sessions$', kind: 'drop_after', times: 2 };
  await t.control('POST', '/faults', lost);
  expect(await openSession(guestToken as string)).toMatchObject({ status: 502 });
  await t.control('DELETE', '/faults');
  const again = await openSession(guestToken as string);
  expect(again).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  const requests = await requestsOf(booking.code as string);
  expect(requests.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(requests.at(-1)).toEqual({ status: 200, replayed: true });
  await t.payOn(again.body.url as string);
  await t.reaches(guestToken as string, { status: 'CONFIRMED' });
});

test('a session that expired before its answer was had again is not offered', async () => {
  const { booking, guestToken } = (await t.call('POST', `${bank.hotel.path}/bookings`, { body: stayBody() })).body;
  const lost = { method: 'POST', path: '/v1/checkout/sessions$', kind: 'drop_after', times: 2 };
  await t.control('POST', '/faults', lost);
  expect(await openSession(guestToken as string)).toMatchObject({ status: 502 });
  await t.control('DELETE', '/faults');
  const { sessions } = (await t.control('GET', '/state')) as {
    sessions: { id: string; client_reference_id: string }[];
  };
  const made = sessions.find(({ client_reference_id: code }) => code === booking.code);
  const headers = { authorization: 'Bearer sk_test_sandbox' };
  const url = `${t.sandboxUrl}/v1/checkout/sessions/${made?.id ?? ''}/expire`;
  expect((await fetch(url, { method: 'POST', headers })).status).toBe(200);
  await t.database.travel('6 seconds');
  await t.settle();
  expect(await bank.see(booking.code as string)).toMatchObject({ payments: [{ stage: 'FAILED' }] });
  expect(await openSession(guestToken as string)).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
});

test('a session behind a stored failure is found, and no second one is made', async () => {
  const { booking, guestToken } = (await t.call('POST', `${bank.hotel.path}/bookings`, { body: stayBody() })).body;
  const failing = { method: 'POST', path: '/v1/checkout/sessions$', kind: 'error_after', status: 500, times: 1 };
  await t.control('POST', '/faults', failing);
  expect(await openSession(guestToken as string)).toMatchObject({ status: 502 });
  expect(await openSession(guestToken as string)).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  expect(await requestsOf(booking.code as string)).toEqual([{ status: 500, replayed: false }]);
  const operations = await t.database.sql(
    `SELECT o.state, o.key_number FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1`,
    [booking.code],
  );
  expect(operations).toEqual([{ state: 'DONE', key_number: 2 }]);
});
