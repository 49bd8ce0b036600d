import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Stranger } from '../../support/database/rows.ts';

// What the database promises of a night's restrictions, whoever writes them: here a stranger to the application.

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

test.each([
  ['max_stay = 1', 'accepted'],
  ['max_stay = 0', 'inventory_nights_max_stay_valid'],
  ['min_stay = 3, max_stay = 3', 'accepted'],
  ['min_stay = 3, max_stay = 2', 'inventory_nights_max_stay_valid'],
  ['min_stay = 3, max_stay = NULL', 'accepted'],
])('for a night with %s the answer is %s', async (set, answer) => {
  const night = `room_type_id = '${stranger.roomTypeId}' AND night = current_date + 20`;
  expect(await refusalOf(database.sql(`UPDATE inventory_nights SET ${set} WHERE ${night}`))).toBe(answer);
});
