import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOKING_ACTIONS, BOOKING_KINDS, BOOKING_STATUSES } from '../../src/domain/booking-status.ts';
import type { BookingKind, BookingStatus } from '../../src/domain/booking-status.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { buildStranger, refusalOf } from '../support/database/rows.ts';
import type { Stranger } from '../support/database/rows.ts';

let database: TestDatabase;
let stranger: Stranger;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
});
afterAll(() => database.drop());

/** SPEC §2, by hand: where a booking of either kind can go. */
const WAYS: Record<BookingStatus, readonly BookingStatus[]> = {
  PENDING_PAYMENT: ['PENDING_APPROVAL', 'CONFIRMED', 'EXPIRED', 'CANCELLED'],
  PENDING_APPROVAL: ['CONFIRMED', 'DECLINED', 'CANCELLED'],
  CONFIRMED: ['IN_HOUSE', 'CANCELLED', 'NO_SHOW'],
  IN_HOUSE: ['COMPLETED', 'CANCELLED'],
  EXPIRED: ['PENDING_APPROVAL', 'CONFIRMED'],
  COMPLETED: [],
  DECLINED: [],
  CANCELLED: [],
  NO_SHOW: [],
};
const isLegal = (kind: BookingKind, from: BookingStatus, to: BookingStatus) =>
  WAYS[from].includes(to) || (kind === 'APPOINTMENT' && from === 'CONFIRMED' && to === 'COMPLETED');

/** A legal way to each status: where a booking begins and what it goes through. */
const ROUTES: Record<BookingStatus, readonly BookingStatus[]> = {
  PENDING_PAYMENT: ['PENDING_PAYMENT'],
  PENDING_APPROVAL: ['PENDING_APPROVAL'],
  CONFIRMED: ['CONFIRMED'],
  IN_HOUSE: ['CONFIRMED', 'IN_HOUSE'],
  COMPLETED: ['CONFIRMED', 'IN_HOUSE', 'COMPLETED'],
  DECLINED: ['PENDING_APPROVAL', 'DECLINED'],
  CANCELLED: ['PENDING_PAYMENT', 'CANCELLED'],
  EXPIRED: ['PENDING_PAYMENT', 'EXPIRED'],
  NO_SHOW: ['CONFIRMED', 'NO_SHOW'],
};

const moveTo = (id: string, status: BookingStatus) =>
  database.sql('UPDATE bookings SET status = $2::booking_status WHERE id = $1', [id, status]);

async function bookingIn(kind: BookingKind, status: BookingStatus): Promise<string> {
  const [first, ...rest] = ROUTES[status];
  const id = await stranger.insertBooking({ kind, status: first });
  for (const next of rest) await moveTo(id, next);
  return id;
}

test.each(BOOKING_KINDS)('the database’s table for %s is the code’s', async (kind) => {
  const rows = await database.sql<{ pair: string }>(
    `SELECT from_status || ' ' || to_status AS pair FROM booking_transitions WHERE kind = $1`,
    [kind],
  );
  const pairs = Object.values(BOOKING_ACTIONS).flatMap((action) => {
    const onlyKind: Partial<Record<BookingStatus, BookingKind>> = 'onlyKind' in action ? action.onlyKind : {};
    const from: readonly BookingStatus[] = action.from;
    return from
      .filter((status) => (onlyKind[status] ?? kind) === kind)
      .flatMap((status) => action.to.map((to) => `${status} ${to}`));
  });
  expect(rows.map(({ pair }) => pair).sort()).toEqual([...new Set(pairs)].sort());
});

test.each(BOOKING_STATUSES)('a booking may begin as %s only if it is a first status', async (status) => {
  const isFirst = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'].includes(status);
  for (const kind of BOOKING_KINDS) {
    const refusal = await refusalOf(stranger.insertBooking({ kind, status }));
    expect(refusal).toBe(isFirst ? 'accepted' : 'bookings_status_follows_table');
  }
});

const grid = BOOKING_KINDS.flatMap((kind) => BOOKING_STATUSES.map((from) => ({ kind, from })));

test.each(grid)('from $from, a booking of $kind goes only where the table says, whoever moves it', async (point) => {
  const { kind, from } = point;
  const others = BOOKING_STATUSES.filter((status) => status !== from);
  const answers: Partial<Record<BookingStatus, string>> = {};
  for (const to of others) answers[to] = await refusalOf(moveTo(await bookingIn(kind, from), to));
  const expected = others.map((to) => [to, isLegal(kind, from, to) ? 'accepted' : 'bookings_status_follows_table']);
  expect(answers).toEqual(Object.fromEntries(expected));
});

test('a stay does not become an appointment on the way, to end where stays may not', async () => {
  const stay = await bookingIn('STAY', 'CONFIRMED');
  const trick = database.sql(`UPDATE bookings SET kind = 'APPOINTMENT', status = 'COMPLETED' WHERE id = $1`, [stay]);
  expect(await refusalOf(trick)).toBe('bookings_status_follows_table');
});

test('a change that leaves the status alone is no change of status', async () => {
  for (const status of BOOKING_STATUSES) {
    const id = await bookingIn('STAY', status);
    expect(await refusalOf(database.sql(`UPDATE bookings SET special_requests = 'x' WHERE id = $1`, [id]))).toBe(
      'accepted',
    );
    expect(await refusalOf(moveTo(id, status))).toBe('accepted');
  }
});

test('every change of a booking is a new version, whatever version is written', async () => {
  const id = await stranger.insertBooking();
  const versions: number[] = [];
  for (const set of [`special_requests = 'x'`, 'version = 77', 'version = version']) {
    const sql = `UPDATE bookings SET ${set} WHERE id = $1 RETURNING version`;
    versions.push(...(await database.sql<{ version: number }>(sql, [id])).map(({ version }) => version));
  }
  expect(versions).toEqual([2, 3, 4]);
});

test('every change of a booking says when it was, whatever time is written', async () => {
  const id = await stranger.insertBooking();
  const [row] = await database.sql(
    `UPDATE bookings SET updated_at = '2000-01-01' WHERE id = $1 RETURNING updated_at > app_now() - interval '1 minute' AS is_now`,
    [id],
  );
  expect(row).toEqual({ is_now: true });
});

test.each(["UPDATE booking_transitions SET to_status = 'COMPLETED'", 'DELETE FROM booking_transitions'])(
  'the table itself is not changed: %s',
  async (statement) => {
    expect(await refusalOf(database.sql(statement))).toBe('booking_transitions_fixed');
  },
);
