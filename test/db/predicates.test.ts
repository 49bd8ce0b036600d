import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Prisma } from '../../src/db/client.ts';
import {
  ACTIVE_BOOKING,
  BALANCE,
  BALANCE_DUE,
  CALLED_OFF_BOOKING,
  NOTHING_OWED,
  CAPTURED_PAYMENT,
  CUT_OFF,
  DEPOSIT_COVERED,
  dueOperation,
  dueWebhook,
  EXPIRABLE_HOLD,
  IN_FLIGHT_OPERATION,
  isOpen,
  isUnleased,
  liveAppointment,
  overdueHold,
  PAYABLE_AGAIN,
  RUNNING_HOLD,
  UNCAPTURED,
} from '../../src/db/predicates.ts';
import { computeBalance, isDepositCovered } from '../../src/domain/booking/balance.ts';
import { balanceOf } from '../../src/domain/booking/booking.ts';
import { BOOKING_STATUSES, hasEnded, isCalledOff, isNothingOwed } from '../../src/domain/booking-status.ts';
import { cutOffOf } from '../../src/domain/booking/cut-off.ts';
import { isExpirable, isOverdue } from '../../src/domain/booking/hold.ts';
import { IN_FLIGHT_KINDS, isOpenState } from '../../src/domain/money/open-state.ts';
import {
  CAPTURED_STAGES,
  EXPIRABLE_STAGES,
  PAYABLE_AGAIN_STAGES,
  PAYMENT_STAGES,
  UNCAPTURED_STAGES,
} from '../../src/domain/money/payment-stage.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** The clock of every comparison; deadlines are drawn around it, and on it. */
const NOW = new Date('2027-05-14T12:00:00.000Z');
const CLOCK = Prisma.sql`${NOW.toISOString()}::timestamptz`;

const instants = fc.option(
  fc.constantFrom(-60_000, -1, 0, 1, 60_000).map((offset) => new Date(NOW.getTime() + offset)),
);
const amounts = fc.integer({ min: 0, max: 4 });
const bookings = fc.record({
  status: fc.constantFrom(...BOOKING_STATUSES),
  paymentStage: fc.constantFrom(...PAYMENT_STAGES),
  expiresAt: instants,
  totalPayable: amounts,
  depositDue: amounts,
  paidAmount: amounts,
  waivedAmount: amounts,
  isLive: fc.boolean(),
  now: fc.constant(NOW),
});
type Booking = typeof bookings extends fc.Arbitrary<infer Value> ? Value : never;

const BOOKING_COLUMNS = Prisma.sql`status booking_status, payment_stage payment_stage, expires_at timestamptz,
  total_payable bigint, deposit_due bigint, paid_amount bigint, waived_amount bigint, is_live boolean`;

/** Evaluates an expression over generated bookings, which are also their appointments, in the order given. */
async function evaluate(rows: readonly Booking[], expression: Prisma.Sql): Promise<unknown[]> {
  const json = JSON.stringify(
    rows.map((row, n) => ({
      n,
      status: row.status,
      payment_stage: row.paymentStage,
      expires_at: row.expiresAt,
      is_live: row.isLive,
      total_payable: row.totalPayable,
      deposit_due: row.depositDue,
      paid_amount: row.paidAmount,
      waived_amount: row.waivedAmount,
    })),
  );
  const found = await run<{ value: unknown }>(Prisma.sql`
    SELECT to_json(${expression}) AS value
    FROM jsonb_to_recordset(${json}::jsonb) AS b(n int, ${BOOKING_COLUMNS})
    CROSS JOIN LATERAL (SELECT b.is_live) AS a ORDER BY b.n`);
  return found.map(({ value }) => value);
}

async function run<Row extends Record<string, unknown>>({ text, values }: Prisma.Sql): Promise<Row[]> {
  return database.sql<Row>(text, [...values]);
}

/** A condition as WHERE understands it: unknown selects nothing. */
const selects = (condition: Prisma.Sql) => Prisma.sql`${condition} IS TRUE`;

const isLiveAppointment = (booking: Booking) => booking.isLive && !isOverdue(booking);
const withPrice = (booking: Booking) => ({ ...booking, price: { totalPayable: booking.totalPayable } });

test.each<[name: string, sql: Prisma.Sql, twin: (booking: Booking) => boolean | number]>([
  ['EXPIRABLE_HOLD', selects(EXPIRABLE_HOLD), isExpirable],
  ['overdueHold', selects(overdueHold(CLOCK)), isOverdue],
  ['liveAppointment', selects(liveAppointment(CLOCK)), isLiveAppointment],
  ['ACTIVE_BOOKING', selects(ACTIVE_BOOKING), ({ status }) => !hasEnded(status)],
  ['CALLED_OFF_BOOKING', selects(CALLED_OFF_BOOKING), ({ status }) => isCalledOff(status)],
  ['NOTHING_OWED', selects(NOTHING_OWED), ({ status }) => isNothingOwed(status)],
  ['BALANCE', BALANCE, computeBalance],
  ['BALANCE_DUE', BALANCE_DUE, (booking) => balanceOf(withPrice(booking))],
  ['DEPOSIT_COVERED', selects(DEPOSIT_COVERED), isDepositCovered],
  ['PAYABLE_AGAIN', selects(PAYABLE_AGAIN), ({ paymentStage }) => PAYABLE_AGAIN_STAGES.includes(paymentStage)],
  ['UNCAPTURED', selects(UNCAPTURED), ({ paymentStage }) => UNCAPTURED_STAGES.includes(paymentStage)],
])('%s says in SQL what its twin says in TypeScript', async (_, sql, twin) => {
  await fc.assert(
    fc.asyncProperty(fc.array(bookings, { minLength: 100, maxLength: 300 }), async (rows) => {
      expect(await evaluate(rows, sql)).toEqual(rows.map(twin));
    }),
    { numRuns: 10 },
  );
});

test('the cut-off of either kind is the same instant in SQL and in TypeScript', async () => {
  const [startsAt, endsAt] = [NOW, new Date(NOW.getTime() + 60_000)];
  const rows = await run<{ kind: 'STAY' | 'APPOINTMENT'; cut_off: Date }>(Prisma.sql`
    SELECT b.kind, ${CUT_OFF} AS cut_off
    FROM (SELECT unnest(enum_range(NULL::booking_kind)) AS kind,
      ${startsAt.toISOString()}::timestamptz AS starts_at, ${endsAt.toISOString()}::timestamptz AS ends_at) AS b`);
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.cut_off).toEqual(cutOffOf({ kind: row.kind, startsAt, endsAt }));
});

test('a running hold is one that can expire and has not yet', async () => {
  const deadlines = Prisma.sql`(VALUES (app_now() - interval '1 minute'), (app_now() + interval '1 minute'), (NULL)) AS d(at)`;
  const rows = await run<{ status: string; stage: string; offset: number | null; running: boolean }>(Prisma.sql`
    SELECT b.status, b.payment_stage AS stage, sign(extract(epoch FROM b.expires_at - app_now()))::int AS offset,
      ${selects(RUNNING_HOLD)} AS running
    FROM (SELECT status, payment_stage, d.at AS expires_at
      FROM unnest(enum_range(NULL::booking_status)) AS status, unnest(enum_range(NULL::payment_stage)) AS payment_stage,
        ${deadlines}) AS b`);
  const running = rows.filter((row) => row.running);
  expect(running.map(({ status, stage, offset }) => [status, stage, offset])).toEqual(
    EXPIRABLE_STAGES.map((stage) => ['PENDING_PAYMENT', stage, 1]),
  );
});

test('payments count as captured in the stages that the domain lists', async () => {
  const [row] = await run<{ stages: string[] }>(Prisma.sql`
    SELECT array_agg(p.stage::text) FILTER (WHERE ${CAPTURED_PAYMENT}) AS stages
    FROM (SELECT unnest(enum_range(NULL::payment_stage)) AS stage) AS p`);
  expect(row?.stages.toSorted()).toEqual(CAPTURED_STAGES.toSorted());
});

test.each([
  ['refund_state', isOpen('r'), Prisma.sql`enum_range(NULL::refund_state)`, Prisma.sql`r`],
  ['gateway_operation_state', isOpen('o'), Prisma.sql`enum_range(NULL::gateway_operation_state)`, Prisma.sql`o`],
  ['gateway_operation_state', isOpen('e'), Prisma.sql`enum_range(NULL::gateway_operation_state)`, Prisma.sql`e`],
])('a %s is open in SQL where it is in TypeScript', async (_, condition, range, alias) => {
  const rows = await run<{ state: string; is_open: boolean }>(Prisma.sql`
    SELECT ${alias}.state::text, ${condition} AS is_open FROM (SELECT unnest(${range}) AS state) AS ${alias}`);
  expect(rows.map((row) => row.is_open)).toEqual(rows.map(({ state }) => isOpenState(state)));
  expect(rows.some((row) => row.is_open)).toBe(true);
});

test('an operation is in flight while it is open and of a kind that moves money', async () => {
  const rows = await run<{ state: string; kind: string; in_flight: boolean }>(Prisma.sql`
    SELECT o.state::text, o.kind::text, ${IN_FLIGHT_OPERATION} AS in_flight
    FROM (SELECT state, kind FROM unnest(enum_range(NULL::gateway_operation_state)) AS state,
      unnest(enum_range(NULL::gateway_operation_kind)) AS kind) AS o`);
  const kinds: readonly string[] = IN_FLIGHT_KINDS;
  expect(rows.map((row) => row.in_flight)).toEqual(
    rows.map(({ state, kind }) => isOpenState(state) && kinds.includes(kind)),
  );
});

test.each([
  ['c', Prisma.sql`c`],
  ['o', Prisma.sql`o`],
  ['w', Prisma.sql`w`],
] as const)('a row %s is unleased without a lease, and from the moment it ends', async (alias, name) => {
  const leases = Prisma.sql`(VALUES (NULL), (app_now() - interval '1 second'), (app_now() + interval '1 minute'))`;
  const rows = await run<{ unleased: boolean }>(Prisma.sql`
    SELECT ${isUnleased(alias)} AS unleased FROM ${leases} AS ${name}(leased_until)`);
  expect(rows.map((row) => row.unleased)).toEqual([true, true, false]);
});

test('the trigger that caps agent holds lists the stages in which a hold can expire', async () => {
  const [row] = await database.sql<{ source: string }>(
    `SELECT prosrc AS source FROM pg_proc WHERE proname = 'booking_events_cap_agent_holds'`,
  );
  const list = /payment_stage NOT IN \(([^)]*)\)/.exec(row?.source ?? '')?.[1];
  expect(list?.split(', ')).toEqual(EXPIRABLE_STAGES.map((stage) => `'${stage}'`));
});

test.each([
  ['bookings_expiry_index', Prisma.sql`SELECT FROM bookings b WHERE ${overdueHold()}`],
  ['gateway_operations_due_index', Prisma.sql`SELECT FROM gateway_operations o WHERE ${dueOperation()}`],
  ['webhook_events_due_index', Prisma.sql`SELECT FROM webhook_events w WHERE ${dueWebhook()}`],
  [
    'refunds_open_index',
    Prisma.sql`SELECT FROM refunds r WHERE r.booking_id = '00000000-0000-0000-0000-000000000000' AND ${isOpen('r')}`,
  ],
  [
    'payments_captured_index',
    Prisma.sql`SELECT FROM payments p WHERE p.property_id = '00000000-0000-0000-0000-000000000000' AND ${CAPTURED_PAYMENT}`,
  ],
])('%s serves the predicate it was made for', async (index, { text }) => {
  // On tables this small the planner reads everything, unless it is told not to.
  const client = new pg.Client({ connectionString: database.url, options: '-c enable_seqscan=off' });
  await client.connect();
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`);
  await client.end();
  expect(rows.map((line) => line['QUERY PLAN']).join('\n')).toContain(index);
});
