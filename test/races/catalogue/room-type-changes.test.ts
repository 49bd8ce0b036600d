import { afterAll, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../../src/db/transaction.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { invalid } from '../../support/http/problems.ts';
import { untilSomebodyWaitsForALock } from '../../support/race.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('of two who change a room type at once, the second is judged by what the first has made of it', async () => {
  const desk = await openDesk(t, {});
  let second: Promise<Answer> | undefined;
  await transaction(t.ctx, async (tx) => {
    await tx.roomType.update({ where: { id: desk.hotel.roomTypeId }, data: { maxOccupancy: 2 } });
    second = desk.call('PATCH', '/room-types/ROOM', { body: { baseOccupancy: 3 } });
    await untilSomebodyWaitsForALock(t.database);
  });
  expect(await second).toMatchObject(invalid('baseOccupancy'));
});
