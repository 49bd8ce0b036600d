import { afterAll, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../../src/db/transaction.ts';
import { extendRoomType } from '../../../src/services/stock/inventory/extend-inventory.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { untilSomebodyWaitsForALock } from '../../support/race.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('a room that is blocked while nights are being added is out of order on all of them, and can be put back', async () => {
  const desk = await openDesk(t, {});
  const { roomTypeId } = desk.hotel;
  const horizon = [roomTypeId, daysAhead(395)];
  // As it is when a day has passed since the nights were made.
  await t.database.sql('DELETE FROM inventory_nights WHERE room_type_id = $1 AND night >= $2::date', horizon);
  const block = { housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(380), to: daysAhead(398) };
  let blocked: Promise<Answer> | undefined;
  await transaction(t.ctx, async (tx) => {
    await extendRoomType(tx, roomTypeId);
    blocked = desk.call('PATCH', '/rooms/101', { body: block });
    await untilSomebodyWaitsForALock(t.database);
  });
  expect((await blocked)?.status).toBe(200);
  expect(await findViolations(t.ctx)).toEqual([]);
  const back = { housekeepingStatus: 'CLEAN', lift: true };
  expect((await desk.call('PATCH', '/rooms/101', { body: back })).status).toBe(200);
  expect(await findViolations(t.ctx)).toEqual([]);
});
