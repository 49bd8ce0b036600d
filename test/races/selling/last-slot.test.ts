import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertAppointmentBooking } from '../../../src/db/statements/insert-appointment-booking.ts';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { readSlots } from '../../../src/services/stock/time/read-slots.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { draftAppointment } from '../../../src/services/selling/new-booking/appointment-booking.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { findAppointmentViolations } from '../../support/oracles/appointment-oracle.ts';
import { guest } from '../../support/hotel/build.ts';
import { appointmentBody, buildSpa, NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { TestSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { countDeadlocks, countStatuses, drawDeadlineMs, insist, seededRandom, send } from '../../support/race.ts';
import { refusalOf } from '../../support/database/rows.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { dumpTables } from '../../support/database/tables.ts';
import { insertUnchecked } from '../../support/spa/insert-unchecked.ts';
import { trials } from '../../support/tier/trials.ts';
import { SYSTEM_AUTHOR } from '../../../src/domain/booking/booking.ts';

const ATTEMPTS = trials('bookings', { small: 400, middle: 2_000, full: 20_000 });
const CROWDS = trials('bookings', { small: 1, middle: 1, full: 15, each: 560 });
const DEADLINES = trials('expiry', { small: 30, middle: 60, full: 900 });

let t: TestApp;
let servers: TestServer[];
const TOMORROW = addDays(TODAY, 1);
const FULL = { property: { paymentPolicy: 'FULL' } } as const;

beforeAll(async () => {
  t = await startTestApp();
  await travelTo(t.database, NOW);
  // Two processes on one database, with no jobs, so that nothing but the requests releases anything.
  const variables = { DATABASE_URL: t.database.url, RUN_JOBS: 'false', NODE_ENV: 'test' };
  servers = await Promise.all([spawnServer(variables), spawnServer(variables)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await t.close();
});

const serverAt = (index: number) => servers[index % servers.length] as TestServer;
const sendTo = (index: number, path: string, options: { body: object; token?: string }) =>
  send(serverAt(index).url, 'POST', path, options);

function bookAll(spa: TestSpa, count: number, wish: (index: number) => object = () => ({})): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      insist(() => sendTo(index, `${spa.path}/bookings`, { body: appointmentBody({ ...wish(index) }) })),
    ),
  );
}

async function countLive(spa: TestSpa): Promise<number> {
  const rows = await t.database.sql(
    'SELECT 1 FROM appointments a JOIN bookings b ON b.id = a.booking_id WHERE a.is_live AND b.property_id = $1',
    [spa.propertyId],
  );
  return rows.length;
}

test.each([60, 500])(
  '%i guests at once for one slot: one has it, all others are told',
  { repeats: CROWDS.repeats },
  async (count) => {
    const spa = await buildSpa(t.ctx, { ...FULL, providers: { DANIELLE: NINE_TO_SIX } });
    const answers = await bookAll(spa, count);
    expect(countStatuses(answers)).toEqual({ 201: 1, 409: count - 1 });
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({ code: 'slot_taken', reason: 'HELD', heldUntil: expect.any(String) });
      expect(body.alternatives.length).toBeGreaterThanOrEqual(3);
    }
    expect(await countLive(spa)).toBe(1);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test('with nobody named, as many have it as there are providers, and each provider once', async () => {
  const providers = { ANN: NINE_TO_SIX, BEA: NINE_TO_SIX, CYD: NINE_TO_SIX };
  const spa = await buildSpa(t.ctx, { ...FULL, providers });
  const answers = await bookAll(spa, 200);
  expect(countStatuses(answers)).toEqual({ 201: 3, 409: 197 });
  const booked = answers.filter(({ status }) => status === 201).map(({ body }) => body.booking.appointment.provider);
  expect(booked.toSorted()).toEqual(['ANN', 'BEA', 'CYD']);
  expect(await countDeadlocks(t.database)).toBe(0);
});

test('one mailbox for a hundred bookings at once is one customer, and no deadlock', async () => {
  const spa = await buildSpa(t.ctx, { services: { FACIAL: { durationMinutes: 15 } } });
  const wish = (index: number) => {
    const quarter = Math.floor(index / 2);
    const time = `${String(9 + Math.floor((quarter % 36) / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
    return {
      startsAt: `${addDays(TOMORROW, Math.floor(quarter / 36))}T${time}`,
      provider: index % 2 ? 'RYAN' : 'DANIELLE',
    };
  };
  expect(countStatuses(await bookAll(spa, 100, wish))).toEqual({ 201: 100 });
  const customers = await t.database.sql('SELECT 1 FROM customers WHERE property_id = $1', [spa.propertyId]);
  expect(customers).toHaveLength(1);
  expect(await countDeadlocks(t.database)).toBe(0);
});

test('one hundred guests at once for a slot whose hold has just ended: one has it', async () => {
  const spa = await buildSpa(t.ctx, { ...FULL, providers: { DANIELLE: NINE_TO_SIX } });
  expect(countStatuses(await bookAll(spa, 1))).toEqual({ 201: 1 });
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  expect(countStatuses(await bookAll(spa, 100))).toEqual({ 201: 1, 409: 99 });
  expect(await countLive(spa)).toBe(1);
  expect(await countDeadlocks(t.database)).toBe(0);
  await travelTo(t.database, NOW);
});

test(
  `${String(ATTEMPTS.count)} appointments that overlap at random, some cancelled meanwhile: no provider is in two places`,
  { repeats: ATTEMPTS.repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const spa = await buildSpa(t.ctx, {
      services: {
        QUICK: { durationMinutes: 15, slotStepMinutes: 5 },
        FACIAL: { bufferBeforeMinutes: 10, bufferAfterMinutes: 15 },
        LASER: { durationMinutes: 45, bufferAfterMinutes: 30 },
        RITUAL: { durationMinutes: 150, bufferBeforeMinutes: 30, slotStepMinutes: 30 },
      },
      providers: { ANN: NINE_TO_SIX, BEA: NINE_TO_SIX, CYD: NINE_TO_SIX, DEE: NINE_TO_SIX },
      does: { BEA: ['FACIAL', 'QUICK'], CYD: ['LASER', 'RITUAL', 'QUICK'] },
    });
    const named = {
      QUICK: ['ANN', 'BEA', 'CYD'],
      FACIAL: ['ANN', 'BEA'],
      LASER: ['ANN', 'CYD'],
      RITUAL: ['CYD', 'DEE'],
    };
    const attempts = Array.from({ length: ATTEMPTS.count }, () => {
      const service = Object.keys(named)[upTo(4)] as keyof typeof named;
      const [hour, half] = [String(9 + upTo(7)).padStart(2, '0'), upTo(2) ? '30' : '00'];
      const provider = upTo(2) ? { provider: named[service][upTo(named[service].length)] } : {};
      return { service, ...provider, startsAt: `${addDays(TOMORROW, upTo(10))}T${hour}:${half}` };
    });
    const answers: Answer[] = [];
    const cancels: Answer[] = [];
    while (attempts.length > 0) {
      const wave = attempts.splice(0, 200);
      const chosen = answers.filter(({ status }) => status === 201 && upTo(8) === 0);
      const tokens = chosen.map(({ body }) => body.guestToken as string);
      const cancelling = tokens.map((token, index) =>
        insist(() => sendTo(index, '/v1/guest/booking/cancel', { token, body: {} })),
      );
      answers.push(...(await bookAll(spa, wave.length, (index) => wave[index] ?? {})));
      cancels.push(...(await Promise.all(cancelling)));
    }
    expect(Object.keys(countStatuses(answers)), `seed ${String(seed)}`).toEqual(['201', '409']);
    expect(Object.keys(countStatuses(cancels)), `seed ${String(seed)}`).toEqual(['200']);
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([undefined, 'slot_taken']));
    expect(await findAppointmentViolations(t.database), `seed ${String(seed)}`).toEqual([]);
    const statuses = await t.database.sql(
      `SELECT status::text, count(*)::int AS count FROM bookings WHERE property_id = $1 AND status = 'CONFIRMED' GROUP BY 1`,
      [spa.propertyId],
    );
    expect(statuses).toEqual([{ status: 'CONFIRMED', count: await countLive(spa) }]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test(
  `payment, sweep and the next guest meet at the deadline, ${String(DEADLINES.count)} rounds: booked with its time, or expired and free`,
  { repeats: DEADLINES.repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const spa = await staffSpa(t, { ...FULL, providers: { DANIELLE: NINE_TO_SIX } });
    const seen = new Set<string>();
    for (let round = 0; round < DEADLINES.count; round += 1) {
      const wish = appointmentBody({ startsAt: `${addDays(TOMORROW, round)}T10:00` });
      const { code } = await spa.booked(wish);
      const path = `/bookings/${code}`;
      // The deadline is put so close that the three meet it from both sides.
      await t.database.sql(
        `UPDATE bookings SET expires_at = app_now() + $2 * interval '1 millisecond' WHERE code = $1`,
        [code, drawDeadlineMs(round, 40, upTo)],
      );
      const cash = { token: spa.token, body: { method: 'CASH', amount: 12_000 } };
      const [paid, rival] = await Promise.all([
        insist(() => sendTo(round, `${spa.desk}${path}/payments`, cash)),
        insist(() => sendTo(round + 1, `${spa.path}/bookings`, { body: wish })),
        expireHolds(t.ctx),
      ]);
      // A sweep that came a moment too early has left it for this one.
      await expireHolds(t.ctx);
      const { status } = (await spa.call('GET', path)).body as { status: string };
      seen.add(status);
      expect([200, 410], `seed ${String(seed)}`).toContain(paid.status);
      // Paid and kept, or ended and free for another: never both, never neither.
      if (paid.status === 200) expect({ status, rival: rival.status }).toEqual({ status: 'CONFIRMED', rival: 409 });
      else expect(status).toBe('EXPIRED');
    }
    expect(seen, `seed ${String(seed)}`).toEqual(new Set(['CONFIRMED', 'EXPIRED']));
    expect(await findAppointmentViolations(t.database), `seed ${String(seed)}`).toEqual([]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test('a stranger who writes straight into the tables is refused by the constraint, from whichever side', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: { bufferAfterMinutes: 30 } } });
  const { code } = await spa.booked({ provider: 'DANIELLE' });
  const write = (from: string, until: string, row = {}) => insertUnchecked(t.database, spa, { from, until, row });
  expect(await write('15:00', '16:00')).toBe('appointments_no_overlap');
  expect(await write('14:30', '15:01')).toBe('appointments_no_overlap');
  expect(await write('16:29', '17:00')).toBe('appointments_no_overlap');
  expect(await write('15:20', '15:40')).toBe('appointments_no_overlap');
  expect(await write('09:00', '18:00')).toBe('appointments_no_overlap');
  expect([await write('14:00', '15:00'), await write('16:30', '17:00')]).toEqual(['accepted', 'accepted']);
  expect(await write('15:00', '16:00', { provider_id: spa.providerIds['RYAN'] })).toBe('accepted');
  expect(await write('15:00', '16:00', { is_live: false })).toBe('accepted');
  await spa.act(code, 'cancel');
  expect(await write('15:00', '16:00')).toBe('accepted');
});

test('a stranger does not bring back to life what would overlap', async () => {
  const spa = await staffSpa(t);
  const { code } = await spa.booked({ provider: 'DANIELLE' });
  await spa.act(code, 'cancel');
  await spa.booked({ provider: 'DANIELLE' });
  const revive = `UPDATE appointments a SET is_live = true FROM bookings b WHERE b.id = a.booking_id AND b.code = $1`;
  expect(await refusalOf(t.database.sql(revive, [code]))).toBe('appointments_no_overlap');
});

test('where every friendly check is bypassed, one of fifty is written, and of the others nothing at all', async () => {
  const spa = await buildSpa(t.ctx);
  const draft = async () => {
    const query = { slug: spa.slug, service: 'FACIAL', provider: 'DANIELLE', from: TOMORROW, to: TOMORROW };
    const offer = await readSlots(t.ctx, { ...query, drawsCode: true });
    const [provider] = offer.providers;
    if (provider === undefined) throw new Error('Bug: nobody works here');
    const wish = { ...query, startsAt: '', adults: 1, children: 0, address: null, zone: null };
    const who = { guest, companions: [], booker: null, specialRequests: null, promoCode: null };
    const how = { source: 'WEBSITE', payment: 'LINK' } as const;
    const secrets = { keys: t.ctx.config.ENCRYPTION_KEY, author: SYSTEM_AUTHOR, network: null, customerId: null };
    const at = { startsAt: Date.parse(`${TOMORROW}T15:00-06:00`), provider, zone: null, promo: null };
    return draftAppointment({ kind: 'APPOINTMENT', ...wish, ...who, ...how, ...secrets }, offer, at).row;
  };
  const rows = await Promise.all(Array.from({ length: 50 }, draft));
  const outcomes = await Promise.all(rows.map((row) => insertAppointmentBooking(t.ctx.db, row)));
  expect(outcomes.filter(({ customerId }) => customerId !== null)).toHaveLength(1);
  expect(await countLive(spa)).toBe(1);
  const before = await dumpTables(t.database);
  expect(await insertAppointmentBooking(t.ctx.db, await draft())).toEqual({
    customerId: null,
    isKeyBusy: false,
    earlier: null,
    takenEventId: null,
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('after all of it, nothing that must never be is there', async () => {
  await travelTo(t.database, `${addDays(TODAY, 90)}T12:00:00Z`);
  await expireHolds(t.ctx);
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await findAppointmentViolations(t.database)).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
});
