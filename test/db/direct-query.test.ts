import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../src/db/connection/connect-database.ts';
import type { Db, Tx } from '../../src/db/client.ts';
import { explainConstraint } from '../../src/db/constraints.ts';
import { directQuery } from '../../src/db/connection/direct-query.ts';
import { isRetryable, isTimeout, readSqlError } from '../../src/db/connection/sql-error.ts';
import { readSlotOffer } from '../../src/db/statements/read-slot-offer.ts';
import { readStayOffer } from '../../src/db/statements/read-stay-offer.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { buildStranger } from '../support/database/rows.ts';
import type { Stranger } from '../support/database/rows.ts';

// A contract with the driver: what comes past Prisma is what would have come by it, rows and errors alike.

let database: TestDatabase;
let stranger: Stranger;
let db: Db;
const timed: number[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
  const metrics = { observeQuery: (seconds: number) => timed.push(seconds) };
  db = connectDatabase({ url: database.url, poolSize: 4, onPoolError: () => undefined, metrics });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('Nothing was refused')),
    (error: unknown) => error,
  );
const asTx = (client: unknown) => client as Tx;
const withoutClock = (offer: { readonly now: Date } | null) => ({ ...offer, now: offer?.now.constructor });

test('the offer of a stay reads the same past Prisma as in a transaction', async () => {
  const query = {
    slug: 'monsoon-palace',
    from: '2027-05-14',
    to: '2027-05-17',
    checkIn: '2027-05-14',
    checkOut: '2027-05-17',
    roomType: null,
    isStaff: false,
    drawsCode: false,
  };
  const past = await readStayOffer(db, query);
  const within = await db.$transaction((client) => readStayOffer(asTx(client), query));
  expect(past?.roomTypes).toHaveLength(3);
  expect(withoutClock(past)).toStrictEqual(withoutClock(within));
});

test('the offer of a service reads the same past Prisma as in a transaction', async () => {
  const query = {
    slug: 'ember-hibachi',
    service: 'HIBACHI',
    from: '2027-05-14',
    to: '2027-05-17',
    provider: null,
    isStaff: false,
    drawsCode: false,
    except: null,
  };
  const past = await readSlotOffer(db, query);
  const within = await db.$transaction((client) => readSlotOffer(asTx(client), query));
  expect(past?.providers).toHaveLength(3);
  expect(withoutClock(past)).toStrictEqual(withoutClock(within));
});

test('a transaction is its own shortcut, so what it rolls back is gone', async () => {
  const name = 'Rolled back';
  const undone = db.$transaction(async (client) => {
    const tx = asTx(client);
    expect(directQuery(tx)).toBe(tx);
    await directQuery(tx).$queryRaw`UPDATE properties SET name = ${name} WHERE slug = 'harbour-hotel' RETURNING 1`;
    throw new Error('roll back');
  });
  await expect(undone).rejects.toThrow('roll back');
  expect(await db.property.count({ where: { name } })).toBe(0);
});

test('every statement is timed, refused ones included', async () => {
  const before = timed.length;
  await directQuery(db).$queryRaw`SELECT 1`;
  await errorOf(directQuery(db).$queryRaw`SELECT 1 / ${0}::int`);
  expect(timed).toHaveLength(before + 2);
});

/** A statement that nobody has bound anything to. */
const spelled = (sql: string) => Object.assign([sql], { raw: [sql] });

const read = (error: unknown) => ({
  ...readSqlError(error),
  code: explainConstraint(error)?.code ?? null,
  isRetryable: isRetryable(error),
  isTimeout: isTimeout(error),
});

test.each([
  ['a check', 'room_nights_not_oversold', '23514', () => `UPDATE inventory_nights SET reserved = -1`],
  ['a unique index', 'rooms_number_unique', '23505', () => `UPDATE rooms SET number = '102'`],
  [
    'a trigger',
    'bookings_status_follows_table',
    '23514',
    (id: string) => `UPDATE bookings SET status = 'EXPIRED' WHERE id = '${id}'`,
  ],
])('%s that is violated reads as it does by Prisma', async (_what, constraint, sqlState, spell) => {
  const sql = spell(await stranger.insertBooking());
  const [past, byPrisma] = [
    await errorOf(directQuery(db).$queryRaw(spelled(sql))),
    await errorOf(db.$queryRaw(spelled(sql))),
  ];
  expect(read(past)).toEqual(read(byPrisma));
  expect(read(past)).toMatchObject({ constraint, sqlState });
  expect(read(past).code).not.toBeNull();
});

test.each(['40001', '40P01', '55P03', '57014', '53300', '57P01'])(
  'SQLSTATE %s means the same past Prisma as by it',
  async (sqlState) => {
    const raising = spelled(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${sqlState}'; END $$`);
    const [past, byPrisma] = [await errorOf(directQuery(db).$queryRaw(raising)), await errorOf(db.$queryRaw(raising))];
    expect(read(past)).toEqual(read(byPrisma));
    expect(read(past).sqlState).toBe(sqlState);
    expect(isRetryable(past) || isTimeout(past)).toBe(true);
  },
);

test('a pool without a free connection means that we are too busy', async () => {
  const narrow = connectDatabase({ url: database.url, poolSize: 1, onPoolError: () => undefined });
  const error = await narrow.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`;
    return errorOf(directQuery(narrow).$queryRaw`SELECT 1`);
  });
  await narrow.$disconnect();
  expect(isTimeout(error)).toBe(true);
});

test('a connection that is cut means that we are too busy, and the next statement gets another one', async () => {
  const cut = errorOf(directQuery(db).$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`);
  expect(isTimeout(await cut)).toBe(true);
  expect(await directQuery(db).$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
});

test('a server that is not there means that we are too busy', async () => {
  const nowhere = connectDatabase({
    url: 'postgresql://nobody:x@127.0.0.1:1/none',
    poolSize: 1,
    onPoolError: () => undefined,
  });
  expect(isTimeout(await errorOf(directQuery(nowhere).$queryRaw`SELECT 1`))).toBe(true);
  await nowhere.$disconnect();
});
