import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../src/db/connection/connect-database.ts';
import type { Db } from '../../src/db/client.ts';
import { explainConstraint } from '../../src/db/constraints.ts';
import { isRetryable, isTimeout, readSqlError } from '../../src/db/connection/sql-error.ts';
import { AppError } from '../../src/errors.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { buildStranger } from '../support/database/rows.ts';
import type { Stranger } from '../support/database/rows.ts';

// A contract with Prisma: real errors, provoked through it, must be readable to us. An upgrade that wraps them
// differently fails here.

type Client = Parameters<Parameters<Db['$transaction']>[0]>[0];

let database: TestDatabase;
let stranger: Stranger;
let db: Db;
let night: { roomTypeId: string; night: Date };

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
  db = connectDatabase({ url: database.url, poolSize: 4, onPoolError: () => undefined });
  const { roomTypeId } = stranger;
  night = { roomTypeId, night: (await db.inventoryNight.findFirstOrThrow({ where: { roomTypeId } })).night };
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('Nothing was refused');
    },
    (error: unknown) => error,
  );
}

const describe = (error: unknown) => ({
  ...readSqlError(error),
  isRetryable: isRetryable(error),
  isTimeout: isTimeout(error),
  code: explainConstraint(error)?.code ?? null,
});
const refused = (sqlState: string, constraint: string, code: string | null) => {
  return { sqlState, constraint, code, isRetryable: false, isTimeout: false };
};

const oversold = refused('23514', 'room_nights_not_oversold', 'inventory_in_use');
const duplicate = refused('23505', 'rooms_number_unique', 'already_exists');
const overlap = refused('23P01', 'room_assignments_no_overlap', 'room_taken');
const secondRoom = refused('23505', 'room_assignments_one_live', 'room_taken');
const illegalMove = refused('23514', 'bookings_status_follows_table', 'invalid_transition');

test('a violated check is read from a model call', async () => {
  const update = db.inventoryNight.update({ where: { roomTypeId_night: night }, data: { reserved: 99_999 } });
  expect(describe(await errorOf(update))).toEqual(oversold);
});

test('a violated check is read from raw SQL', async () => {
  const update = db.$executeRaw`UPDATE inventory_nights SET reserved = -1 WHERE room_type_id = ${night.roomTypeId}::uuid`;
  expect(describe(await errorOf(update))).toEqual(oversold);
});

test('a violated unique index is read from a model call', async () => {
  const { propertyId, roomTypeId } = stranger;
  const create = db.room.create({ data: { propertyId, roomTypeId, number: '102' } });
  expect(describe(await errorOf(create))).toEqual(duplicate);
});

test('a violated unique index is read from raw SQL', async () => {
  const update = db.$executeRaw`UPDATE rooms SET number = '102' WHERE id = ${stranger.roomId}::uuid`;
  expect(describe(await errorOf(update))).toEqual(duplicate);
});

test('a violated partial unique index is read like any other', async () => {
  const bookingId = await stranger.insertBooking();
  const { roomId } = stranger;
  const assign = (from: string, to: string) =>
    db.roomAssignment.create({ data: { bookingId, roomId, fromOn: new Date(from), toOn: new Date(to) } });
  await assign('2028-01-01', '2028-01-02');
  expect(describe(await errorOf(assign('2028-01-05', '2028-01-06')))).toEqual(secondRoom);
});

test('a violated exclusion constraint is read from a model call', async () => {
  await stranger.insertAssignment(await stranger.insertBooking(), { from_on: '2028-02-01', to_on: '2028-02-03' });
  const bookingId = await stranger.insertBooking();
  const dates = { fromOn: new Date('2028-02-02'), toOn: new Date('2028-02-04') };
  const create = db.roomAssignment.create({ data: { bookingId, roomId: stranger.roomId, ...dates } });
  expect(describe(await errorOf(create))).toEqual(overlap);
});

test('a violated exclusion constraint is read from raw SQL', async () => {
  await stranger.insertAssignment(await stranger.insertBooking(), { from_on: '2028-03-01', to_on: '2028-03-03' });
  const other = await stranger.insertAssignment(await stranger.insertBooking(), {
    from_on: '2028-03-03',
    to_on: '2028-03-04',
  });
  const move = db.$executeRaw`UPDATE room_assignments SET from_on = '2028-03-02' WHERE id = ${other}::uuid`;
  expect(describe(await errorOf(move))).toEqual(overlap);
});

test('a status that the trigger refuses is read from a model call', async () => {
  const id = await stranger.insertBooking({ status: 'CONFIRMED' });
  const update = db.booking.update({ where: { id }, data: { status: 'EXPIRED' } });
  expect(describe(await errorOf(update))).toEqual(illegalMove);
});

test('a status that the trigger refuses is read from raw SQL', async () => {
  const id = await stranger.insertBooking({ status: 'CONFIRMED' });
  const update = db.$executeRaw`UPDATE bookings SET status = 'EXPIRED' WHERE id = ${id}::uuid`;
  expect(describe(await errorOf(update))).toEqual(illegalMove);
});

test('a violated foreign key is read, though we have no word for it', async () => {
  const deletion = db.$executeRaw`DELETE FROM properties WHERE id = ${stranger.propertyId}::uuid`;
  expect(describe(await errorOf(deletion))).toMatchObject({ code: null, isRetryable: false, isTimeout: false });
});

/** Two transactions that each do their first step, and only when both have, their second. */
async function interleave(
  isolationLevel: 'ReadCommitted' | 'RepeatableRead' | 'Serializable',
  steps: readonly (readonly [first: (tx: Client) => Promise<unknown>, second: (tx: Client) => Promise<unknown>])[],
): Promise<unknown[]> {
  let waiting = steps.length;
  const both = Promise.withResolvers<undefined>();
  const results = await Promise.allSettled(
    steps.map(([first, second]) =>
      db.$transaction(
        async (tx) => {
          await first(tx);
          waiting -= 1;
          if (waiting === 0) both.resolve(undefined);
          await both.promise;
          await second(tx);
        },
        { isolationLevel },
      ),
    ),
  );
  return results.filter((result) => result.status === 'rejected').map((result): unknown => result.reason);
}

const nothing = async () => undefined;
const nightsOfDemo = () =>
  db.inventoryNight.findMany({ where: { roomTypeId: night.roomTypeId }, orderBy: { night: 'asc' }, take: 2 });
const touch = (tx: Client, date: Date | undefined) =>
  tx.inventoryNight.updateMany({
    where: { roomTypeId: night.roomTypeId, ...(date && { night: date }) },
    data: { price: { increment: 0 } },
  });

test('a deadlock is worth another try', async () => {
  const [a, b] = (await nightsOfDemo()).map((row) => row.night);
  const errors = await interleave('ReadCommitted', [
    [(tx) => touch(tx, a), (tx) => touch(tx, b)],
    [(tx) => touch(tx, b), (tx) => touch(tx, a)],
  ]);
  expect(errors.map(describe)).toEqual([
    { sqlState: '40P01', constraint: null, isRetryable: true, isTimeout: false, code: null },
  ]);
});

test('a row that changed under a snapshot is worth another try', async () => {
  const [a] = (await nightsOfDemo()).map((row) => row.night);
  const change = db.$transaction(
    async (tx) => {
      await tx.inventoryNight.findFirst();
      await touch(db, a);
      await touch(tx, a);
    },
    { isolationLevel: 'RepeatableRead' },
  );
  expect(describe(await errorOf(change))).toEqual({
    sqlState: '40001',
    constraint: null,
    isRetryable: true,
    isTimeout: false,
    code: null,
  });
});

test('a serialization failure that only shows at the commit is worth another try', async () => {
  // Each writes what the other has read, and neither can know of it before both want to commit.
  const readAllAndTouch = (date: Date | undefined) => async (tx: Client) => {
    await tx.$queryRaw`SELECT sum(price) FROM inventory_nights`;
    await touch(tx, date);
  };
  const [a, b] = (await nightsOfDemo()).map((row) => row.night);
  const errors = await interleave('Serializable', [
    [readAllAndTouch(a), nothing],
    [readAllAndTouch(b), nothing],
  ]);
  expect(errors.map(describe)).toEqual([
    { sqlState: '40001', constraint: null, isRetryable: true, isTimeout: false, code: null },
  ]);
});

const tooBusy = (sqlState: string) => ({ sqlState, constraint: null, isRetryable: false, isTimeout: true, code: null });

test('a lock that does not come in time means that we are too busy', async () => {
  const wait = db.$transaction(async (holder) => {
    await touch(holder, night.night);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL lock_timeout = '20ms'`;
      await touch(tx, night.night);
    });
  });
  expect(describe(await errorOf(wait))).toEqual(tooBusy('55P03'));
});

test('a statement that takes too long means that we are too busy', async () => {
  const wait = db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL statement_timeout = '20ms'`;
    await tx.$queryRaw`SELECT count(*) FROM generate_series(1, 1000000000)`;
  });
  expect(describe(await errorOf(wait))).toEqual(tooBusy('57014'));
});

test('a pool without a free connection means that we are too busy', async () => {
  const narrow = connectDatabase({ url: database.url, poolSize: 1, onPoolError: () => undefined });
  const errors = await narrow.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`;
    return Promise.all([
      errorOf(narrow.$queryRaw`SELECT 1`),
      errorOf(narrow.property.count()),
      errorOf(narrow.$transaction(nothing, { maxWait: 20 })),
    ]);
  });
  await narrow.$disconnect();
  expect(errors.map(isTimeout)).toEqual([true, true, true]);
  expect(errors.map(isRetryable)).toEqual([false, false, false]);
});

test('a transaction that ran out of its time means that we are too busy', async () => {
  const slow = db.$transaction(
    async (tx) => {
      for (;;) {
        await tx.$queryRaw`SELECT 1`;
        await setImmediate();
      }
    },
    { timeout: 50 },
  );
  const error = await errorOf(slow);
  expect({ isTimeout: isTimeout(error), isRetryable: isRetryable(error) }).toEqual({
    isTimeout: true,
    isRetryable: false,
  });
});

test.each([
  ['a raw statement', (tx: Client) => tx.$queryRaw`SELECT 1`],
  ['a model call', (tx: Client) => tx.room.findFirst()],
  ['the commit', nothing],
])('a connection that was cut before %s of a transaction means that we are too busy', async (_, next) => {
  const cut = Promise.withResolvers<unknown>();
  const brittle = connectDatabase({ url: database.url, poolSize: 1, onPoolError: cut.resolve });
  const work = brittle.$transaction(async (tx) => {
    const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await database.sql('SELECT pg_terminate_backend($1)', [own?.pid]);
    await cut.promise;
    await next(tx);
  });
  expect(isTimeout(await errorOf(work))).toBe(true);
  await brittle.$disconnect();
});

test.each([
  ['idle for too long in a transaction', '25P03'],
  ['a server that only reads since another took over', '25006'],
  ['a connection that failed', '08006'],
  ['a session that was idle for too long', '57P05'],
])('%s means that we are too busy', (_, originalCode) => {
  expect(isTimeout({ cause: { originalCode } })).toBe(true);
});

test.each([
  ['an error of ours', new AppError('sold_out')],
  ['a programmer’s error', new Error('Bug: nothing of the database')],
  ['an error with a cause', new Error('outside', { cause: new Error('inside') })],
  ['a text', 'connection refused'],
  ['null', null],
  ['nothing', undefined],
])('%s is no database error', (_, error) => {
  expect(readSqlError(error)).toBeNull();
  expect([isRetryable(error), isTimeout(error), explainConstraint(error)]).toEqual([false, false, null]);
});

test('a record that is not there is neither a timeout nor worth another try', async () => {
  const missing = db.property.findUniqueOrThrow({ where: { slug: 'no-such-place' } });
  expect(describe(await errorOf(missing))).toEqual({ isRetryable: false, isTimeout: false, code: null });
});
