import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { findIntent, openBank } from '../../../support/money/bank.ts';
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
afterEach(async () => {
  await bank.rest();
  await bank.expectSameAccount();
});
afterAll(() => t.close());

const BOTH = ['DISPUTE', 'DISPUTE_WON'];
const DISPUTE = { kind: 'DISPUTE', from: 'DISPUTES', to: 'GATEWAY', amount: 10_000 };
const DISPUTE_WON = { kind: 'DISPUTE_WON', from: 'GATEWAY', to: 'DISPUTES', amount: 10_000 };

test('a dispute takes the money from the gateway’s account, and staff hear of it and see it', async () => {
  const { code } = await bank.bookAndDispute({ reason: 'product_not_received' });
  const row = { amount: 10_000, currency: 'EUR', reason: 'product_not_received', status: 'OPEN', closedAt: null };
  expect(await bank.see(code)).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, disputes: [row] });
  expect(await bank.transfersOf(code, BOTH)).toEqual([DISPUTE]);
  const told = await t.database.sql(
    `SELECT o.type, o.data FROM outbox_messages o JOIN bookings b ON b.id = o.booking_id
     WHERE b.code = $1 AND o.type LIKE 'dispute%'`,
    [code],
  );
  expect(told).toEqual([{ type: 'dispute_opened', data: { bookingCode: code, status: 'CONFIRMED' } }]);
  expect(await bank.historyOf(code)).toContainEqual(
    expect.objectContaining({
      action: 'dispute-opened',
      reason: 'product_not_received',
      changes: { disputedAmount: [0, 10_000] },
    }),
  );
});

test.each([
  ['won', 'WON', [DISPUTE, DISPUTE_WON]],
  ['lost', 'LOST', [DISPUTE]],
] as const)(
  'one that is %s is closed once, however often and in which order its events come',
  async (end, status, moved) => {
    const { code, chargeId } = await bank.bookAndPay();
    await t.control('POST', '/delivery', { paused: true });
    const id = await bank.dispute(chargeId);
    await t.control('POST', `/disputes/${id}/answer`);
    await bank.close(id, end);
    await t.control('POST', '/delivery', { paused: false, duplicate: 20, shuffle: true, seed: 7 });
    await t.control('POST', '/delivery/flush');
    await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status, closedAt: expect.any(String) }] });
    await t.settle();
    expect(await bank.transfersOf(code, BOTH)).toEqual(moved);
    expect(await bank.actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
    expect(await bank.toldOf(code, /^dispute/)).toEqual(['dispute_opened', 'dispute_closed']);
  },
);

test('closed before created, event by event, ends the same', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  await t.control('POST', '/delivery', { drop: 1 });
  const id = await bank.dispute(chargeId);
  await bank.close(id, 'won');
  await t.control('DELETE', '/delivery');
  const { events } = (await t.control('GET', '/state')) as { events: { id: string; type: string }[] };
  const about = events.filter(({ type }) => type.startsWith('charge.dispute.')).slice(-4);
  expect(about.map(({ type }) => type.slice(15)).toSorted()).toEqual([
    ...['closed', 'created', 'funds_reinstated', 'funds_withdrawn'],
  ]);
  for (const event of about.toReversed()) {
    for (let times = 0; times < 20; times += 1) await t.control('POST', `/events/${event.id}/deliver`);
    await t.settle();
  }
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'WON' }] });
  expect(await bank.transfersOf(code, BOTH)).toEqual([DISPUTE, DISPUTE_WON]);
  expect(await bank.actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
});

test('of events that are processed all at once one opens the dispute and one closes it', async () => {
  const paid = await Promise.all(Array.from({ length: 4 }, () => bank.bookAndPay()));
  const ids = await Promise.all(paid.map(({ chargeId }) => bank.dispute(chargeId)));
  await Promise.all(ids.map((id) => bank.close(id, 'lost')));
  await vi.waitFor(async () => {
    const open = t.database.sql(`SELECT 1 FROM webhook_events WHERE dispute_id = ANY($1)`, [ids]);
    expect(await open).toHaveLength(12);
  }, 15_000);
  await Promise.all([t.settle(), t.settle(), t.settle()]);
  for (const { code } of paid) {
    await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'LOST' }] });
    expect(await bank.transfersOf(code, BOTH)).toEqual([DISPUTE]);
    expect(await bank.actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
  }
});

test('a dispute we hear of before anything named its payment is understood', async () => {
  const { code, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  // All news of the payment is lost, and somebody captures it in the dashboard.
  await t.control('POST', '/delivery', { drop: 1 });
  await t.payOn(url);
  const intent = await findIntent(t, code);
  await t.control('POST', `/payment_intents/${intent.id}/capture`, {});
  await t.control('DELETE', '/delivery');
  await bank.dispute(intent.chargeId);
  await t.reachesAtDesk(bank.hotel, code, { status: 'CONFIRMED', paidAmount: 10_000, disputes: [{ status: 'OPEN' }] });
  const path = `/v1/staff/properties/${bank.hotel.slug}/webhook-events?bookingCode=${code}`;
  const { items } = (await t.call('GET', path, { token: bank.hotel.ownerToken })).body;
  expect((items as { type: string }[]).map(({ type }) => type)).toContain('charge.dispute.created');
});

test('while the gateway does not answer, a dispute waits and is not lost', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  await t.control('POST', '/faults', { method: 'GET', path: '/v1/disputes/', kind: 'error_before', times: 2 });
  await bank.dispute(chargeId);
  await vi.waitFor(async () => {
    await t.settle();
    const rows = await t.database.sql<{ state: string }>(
      `SELECT state FROM webhook_events w JOIN bookings b ON b.id = w.booking_id
       WHERE b.code = $1 AND w.dispute_id IS NOT NULL AND w.attempts > 0`,
      [code],
    );
    expect(rows.length).toBeGreaterThan(0);
  }, 15_000);
  await t.database.travel('1 minute');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'OPEN' }] });
});
