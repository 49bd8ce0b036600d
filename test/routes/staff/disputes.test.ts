import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { countStatements } from '../../support/database/queries.ts';
import { insertRow } from '../../support/database/rows.ts';

let t: TestApp;
let desk: Desk;
let other: Desk;
let code: string;
let paymentId: string;

beforeAll(async () => {
  t = await startTestApp();
  [desk, other] = await Promise.all([openDesk(t, { rooms: 5 }), openDesk(t)]);
  code = await desk.confirm();
  await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  paymentId = (await desk.call('GET', `/bookings/${code}`)).body.payments[0].id;
  await openDispute(0, 'WON');
  await openDispute(1, 'OPEN');
  await openDispute(2, 'LOST');
  // Two of one moment are told apart by their ids.
  await openDispute(3, 'OPEN');
  await openDispute(3, 'OPEN');
});
afterAll(() => t.close());

/** A row as if its events had come, so many minutes after the first. */
async function openDispute(minutes: number, status: 'OPEN' | 'WON' | 'LOST'): Promise<void> {
  const { id } = await t.ctx.db.booking.findFirstOrThrow({ where: { code, propertyId: desk.hotel.propertyId } });
  const at = new Date(Date.UTC(2027, 5, 2, 8, minutes)).toISOString();
  await insertRow(t.database, 'disputes', {
    id: randomUUID(),
    property_id: desk.hotel.propertyId,
    booking_id: id,
    payment_id: paymentId,
    status,
    gateway_dispute_id: `du_${randomUUID()}1234`,
    amount: 1_000 + minutes,
    currency: 'EUR',
    reason: 'fraudulent',
    opened_at: at,
    closed_at: status === 'OPEN' ? null : at,
  });
}

test('staff see what is disputed, the latest first, with the booking it is about', async () => {
  const { status, body } = await desk.call('GET', '/disputes');
  expect(status).toBe(200);
  expect(body.nextCursor).toBeNull();
  expect(body.items.map(({ amount }: { amount: number }) => amount)).toEqual([1_003, 1_003, 1_002, 1_001, 1_000]);
  expect(body.items[2]).toEqual({
    id: expect.any(String),
    paymentId,
    bookingCode: code,
    amount: 1_002,
    currency: 'EUR',
    reason: 'fraudulent',
    status: 'LOST',
    reference: 'du_…1234',
    openedAt: '2027-06-02T08:02:00.000Z',
    closedAt: '2027-06-02T08:02:00.000Z',
  });
});

test.each([
  ['OPEN', [1_003, 1_003, 1_001]],
  ['WON', [1_000]],
  ['LOST', [1_002]],
])('of those that are %s only', async (status, amounts) => {
  const { items } = (await desk.call('GET', `/disputes?status=${status}`)).body;
  expect(items.map(({ amount }: { amount: number }) => amount)).toEqual(amounts);
});

test('page by page nothing is missed and nothing comes twice', async () => {
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await desk.call('GET', `/disputes?limit=1${more}`);
    expect(body.items).toHaveLength(1);
    seen.push(body.items[0].id);
    cursor = body.nextCursor;
  }
  expect(new Set(seen).size).toBe(5);
});

test('a page is a constant number of statements, however long', async () => {
  const short = await countStatements(() => desk.call('GET', '/disputes?limit=1'));
  expect(await countStatements(() => desk.call('GET', '/disputes'))).toBe(short);
});

test('another property’s disputes are not to be seen', async () => {
  expect((await other.call('GET', '/disputes')).body).toEqual({ items: [], nextCursor: null });
});

test.each(['status=open', 'status=', 'limit=0', 'limit=201', 'cursor=nonsense', 'q=1'])(
  '%s makes no sense',
  async (query) => {
    expect(await desk.call('GET', `/disputes?${query}`)).toMatchObject(refusal('validation_failed'));
  },
);
