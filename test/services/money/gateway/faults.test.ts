import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { seededRandom } from '../../../support/race.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { trials } from '../../../support/tier/trials.ts';

interface JournalLine {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, unknown>;
  readonly idempotencyKey: string | null;
  readonly status: number | null;
  readonly replayed: boolean;
  readonly fault: string | null;
}

const { count: CALLS, repeats } = trials('gateway', { small: 150, middle: 500, full: 4_000 });

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'info' });
  hotel = await t.hotelOf('STAFF', 500);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
});
afterAll(() => t.close());

async function readJournal(): Promise<JournalLine[]> {
  return ((await t.control('GET', '/journal')) as { requests: JournalLine[] }).requests;
}

/** Requests that did something, each once: also those whose effect was followed by a 500; not answers given again. */
function effects(journal: readonly JournalLine[]): JournalLine[] {
  return journal.filter(({ status, replayed, fault }) => (status === 200 || fault === 'error_after') && !replayed);
}

async function authorize(): Promise<{ code: string; guestToken: string; intentId: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  const [row] = await t.database.sql<{ intent_id: string }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  return { code, guestToken, intentId: row?.intent_id ?? '' };
}

const act = (code: string, action: string, body: object = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });

/** What goes wrong with the request, and what is left undone or unsaid. */
const FAULTS = ['drop_before', 'drop_after', 'error_before', 'error_after', 'hang_after'] as const;

/** Each act that needs the gateway: how it is asked for, which path it takes there, and where it must end. */
const ACTS = {
  capture: {
    path: '/capture$',
    prepare: authorize,
    ask: ({ code }: { code: string }) => act(code, 'approve'),
    end: { status: 'CONFIRMED', paymentStage: 'CAPTURED', paidAmount: 10_000 },
  },
  void: {
    path: '/cancel$',
    prepare: authorize,
    ask: ({ code }: { code: string }) => act(code, 'decline', { reasonCode: 'NO_CAPACITY' }),
    end: { status: 'DECLINED', paymentStage: 'VOIDED', paidAmount: 0 },
  },
  refund: {
    path: '/v1/refunds$',
    prepare: async () => {
      const booking = await authorize();
      await act(booking.code, 'approve');
      return booking;
    },
    ask: ({ code }: { code: string }) => act(code, 'cancel'),
    end: { status: 'CANCELLED', paymentStage: 'REFUNDED', paidAmount: 0 },
  },
} as const;

test.each(Object.keys(ACTS).flatMap((name) => FAULTS.map((fault) => [name as keyof typeof ACTS, fault] as const)))(
  'a %s that meets %s happens once and ends right',
  async (name, kind) => {
    const { path, prepare, ask, end } = ACTS[name];
    const booking = await prepare();
    await t.control('POST', '/faults', { method: 'POST', path, kind, times: 3, hangMs: 60_000 });
    const asked = await ask(booking);
    expect(asked.status).toBe(202);
    expect(await act(booking.code, 'cancel')).toMatchObject(
      name === 'capture' ? { status: 409, body: { code: 'payment_in_progress' } } : {},
    );
    await t.control('DELETE', '/faults');
    // The resolver's first wait.
    await t.database.travel('6 seconds');
    await t.settle();
    await t.database.travel('30 seconds');
    await t.reachesAtDesk(hotel, booking.code, end);
    const done = effects(await readJournal()).filter(
      (line) =>
        new RegExp(path).test(line.path) &&
        (line.path.includes(booking.intentId) || line.params['payment_intent'] === booking.intentId),
    );
    expect(done).toHaveLength(1);
  },
);

test('an answer that never comes is asked for after 5 s, 15 s, a minute and so on, as the log says', async () => {
  const { code } = await authorize();
  t.logged.length = 0;
  await t.control('POST', '/faults', { method: 'POST', path: '/capture$', kind: 'error_before', times: 100 });
  expect((await act(code, 'approve')).status).toBe(202);
  for (const seconds of [6, 25, 90, 400, 2_300, 10_000]) {
    await t.database.travel(`${String(seconds)} seconds`);
    await t.settle();
  }
  const waits = t.logged
    .filter(({ event, kind }) => event === 'PAYMENT_UNKNOWN' && kind === 'CAPTURE')
    .map(({ nextInSeconds }) => nextInSeconds);
  expect(waits).toEqual([5, 15, 60, 300, 1_800, 7_200, 7_200]);
  await t.control('DELETE', '/faults');
  await t.database.travel('20000 seconds');
  await t.reachesAtDesk(hotel, code, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
});

test('a request older than a day is looked up and never repeated', async () => {
  const { code, guestToken } = await authorize();
  await t.control('POST', '/faults', { method: 'POST', path: '/capture$', kind: 'error_before', times: 100 });
  expect((await act(code, 'approve')).status).toBe(202);
  const before = (await readJournal()).filter(({ path }) => path.endsWith('/capture')).length;
  await t.control('DELETE', '/faults');
  await t.database.travel('25 hours');
  await t.settle();
  await t.settle();
  expect((await readJournal()).filter(({ path }) => path.endsWith('/capture'))).toHaveLength(before);
  // Nothing was captured, so the authorization is given back rather than charged a day late.
  const { body } = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  expect(body).toMatchObject({ paidAmount: 0, payments: [{ stage: 'VOIDED' }] });
  expect(guestToken).not.toBe('');
});

test('what was sent: manual capture, our own row as idempotency key, and metadata to find it by', async () => {
  const { code } = await authorize();
  await act(code, 'approve');
  const journal = effects(await readJournal());
  const sessions = journal.filter(({ path }) => path === '/v1/checkout/sessions');
  const mine = sessions.find(({ params }) => params['client_reference_id'] === code);
  const [payment] = await t.database.sql<{ id: string }>(
    'SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  expect(mine?.params).toMatchObject({
    mode: 'payment',
    metadata: { booking_code: code, payment_id: payment?.id },
    payment_intent_data: { capture_method: 'manual', metadata: { booking_code: code, payment_id: payment?.id } },
  });
  expect(
    sessions.every(
      ({ params }) => (params['payment_intent_data'] as { capture_method: string }).capture_method === 'manual',
    ),
  ).toBe(true);
  const operations = await t.database.sql<{ id: string; kind: string }>(
    'SELECT id, kind FROM gateway_operations WHERE payment_id = $1 ORDER BY id',
    [payment?.id],
  );
  expect(operations.map(({ kind }) => kind)).toEqual(['CREATE_SESSION', 'CAPTURE']);
  const keys = new Set(journal.map(({ idempotencyKey }) => idempotencyKey));
  for (const { id } of operations) expect(keys).toContain(id);
});

test(
  `${String(CALLS)} calls, one in three of them faulty: no effect without its operation, no operation without its effect`,
  { repeats },
  async () => {
    const { seed, next, upTo } = seededRandom();
    const begin = (await readJournal()).length;
    for (const kind of ['drop_before', 'drop_after', 'error_before', 'error_after']) {
      await t.control('POST', '/faults', {
        method: 'POST',
        path: '^/v1/',
        kind,
        probability: 0.1,
        seed: upTo(2 ** 31),
        times: 100_000,
      });
    }
    const codes: string[] = [];
    let hours = 0;
    let rounds = 0;
    const walk = async (): Promise<void> => {
      const created = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
      const token = created.body.guestToken as string;
      const code = created.body.booking.code as string;
      codes.push(code);
      const session = await t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });
      if (session.status === 200) await t.payOn(session.body.url as string);
      await t.settle();
      const choice = next();
      if (choice < 0.4) await act(code, 'approve');
      else if (choice < 0.7) await act(code, 'decline', { reasonCode: 'NO_CAPACITY' });
      if (choice < 0.2 || choice > 0.85) await t.call('POST', '/v1/guest/booking/cancel', { token, body: {} });
      rounds += 1;
      if (rounds % 10 === 0) {
        hours += 1;
        await t.database.travel(`${String(hours)} minutes`);
        await t.settle();
      }
    };
    // Side by side, because most of the time is spent waiting for answers that do not come.
    const walkOn = async () => {
      while ((await readJournal()).length - begin < CALLS) await walk();
    };
    await Promise.all([walkOn(), walkOn(), walkOn(), walkOn()]);
    await t.control('DELETE', '/faults');
    for (const later of [2, 4, 6, 8]) {
      await t.database.travel(`${String(later)} hours`);
      await t.settle();
    }
    const unsettled = await t.database.sql(
      `SELECT id, kind, state, outcome FROM gateway_operations WHERE state IN ('PENDING', 'UNKNOWN')`,
    );
    expect(unsettled, `seed ${String(seed)}`).toEqual([]);

    const done = effects((await readJournal()).slice(begin)).filter(
      ({ method, path }) => method === 'POST' && path.startsWith('/v1/'),
    );
    // The operation's id is the key; further numbers of it are for requests that the gateway has failed on.
    const keys = done.map(({ idempotencyKey }) => String(idempotencyKey).split(':')[0] ?? '');
    expect(new Set(keys).size, `seed ${String(seed)}`).toBe(keys.length);
    const operations = await t.database.sql<{ id: string; kind: string; outcome: string }>(
      `SELECT o.id, o.kind, o.outcome FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE o.state = 'DONE' AND b.code = ANY($1)`,
      [codes],
    );
    expect(
      operations.filter(({ id }) => !keys.includes(id)),
      `seed ${String(seed)}`,
    ).toEqual([]);
    // A page on which was paid can't be closed: that refusal, even when a 500 hid it, has had no effect.
    const refused = await t.database.sql<{ id: string }>(
      `SELECT id FROM gateway_operations WHERE kind = 'EXPIRE_SESSION' AND state = 'REFUSED'`,
    );
    const effective = keys.filter((key) => !refused.some(({ id }) => id === key));
    const undone = await t.database.sql(
      `SELECT id, kind, state, outcome, attempts, key_number FROM gateway_operations WHERE id = ANY($1) AND state <> 'DONE'`,
      [effective],
    );
    expect(undone, `seed ${String(seed)}`).toEqual([]);
    expect(effective.toSorted(), `seed ${String(seed)}`).toEqual(operations.map(({ id }) => id).toSorted());
    const broken = (await findViolations(t.ctx)).filter(({ name }) => name !== 'overdue_holds');
    expect(broken, `seed ${String(seed)}`).toEqual([]);
  },
);
