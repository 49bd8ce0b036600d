import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { staffSpa } from '../../support/spa/build-spa.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { addPromo, countUses, deskWithPromo, findMisusedPromos } from '../../support/money/promo.ts';
import {
  countDeadlocks,
  countStatuses,
  insist,
  playRounds,
  recountNights,
  seededRandom,
  send,
} from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const ROUNDS = trials('limits', { small: 30, middle: 200, full: 2_000, each: 3 });
const WAVES = trials('limits', { small: 5, middle: 12, full: 120, each: 24 });

let t: TestApp;
let servers: TestServer[];

beforeAll(async () => {
  t = await startTestApp();
  // Two processes on one database, with no jobs, so that nothing but the requests releases anything.
  const variables = { DATABASE_URL: t.database.url, RUN_JOBS: 'false', LOG_LEVEL: 'warn', NODE_ENV: 'test' };
  servers = await Promise.all([
    spawnServer({ ...variables, LOG_LEVEL: 'info' }),
    spawnServer({ ...variables, LOG_LEVEL: 'info' }),
  ]);
  // What they do for the first time takes them longest, and here it is the race that counts.
  const desk = await deskWithPromo(t, {}, { rooms: 20 });
  await bookAll(desk, 20, () => ({ promoCode: 'TEN' }));
});
afterEach(async () => {
  await t.database.travel('0 minutes');
  expect(await findMisusedPromos(t)).toEqual([]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await t.close();
});

const once = { code: 'ONCE500', type: 'FIXED' as const, value: 500, maxUses: 1 };
const person = (index: number) => ({ ...guest, email: `guest-${String(index)}@example.com` });
const serverOf = (index: number) => servers[index % servers.length] as TestServer;

function post(path: string, count: number, body: (index: number) => object): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      insist(() => send(serverOf(index).url, 'POST', path, { body: body(index) })),
    ),
  );
}

const bookAll = ({ hotel }: Desk, count: number, wish: (index: number) => object) =>
  post(`${hotel.path}/bookings`, count, (index) => stayBody({ guest: person(index), ...wish(index) }));

/** One booking has it, and all others are told that it can't be used, without a reason. */
function expectOneWinner(answers: readonly Answer[]): void {
  expect(countStatuses(answers)).toEqual({ 201: 1, 422: answers.length - 1 });
  for (const { status, body } of answers) {
    if (status === 201) expect(body.booking).toMatchObject({ promoCode: 'ONCE500', price: { promoDiscount: 500 } });
    else expect(body).toMatchObject({ code: 'promo_invalid', detail: expect.not.stringContaining('often') });
  }
}

test('ONCE500 by fifty at once, while another property is as busy: one has it, forty-nine are told; freed by the end of its hold, one has it again', async () => {
  const [here, there] = [await openDesk(t, { rooms: 200 }), await openDesk(t, { rooms: 60 })];
  for (const { hotel } of [here, there]) await addPromo(t, hotel.propertyId, once);
  const rush = () =>
    Promise.all([
      bookAll(here, 50, () => ({ promoCode: 'ONCE500' })),
      bookAll(there, 50, (index) => (index % 2 === 0 ? {} : { promoCode: 'ONCE500' })),
    ]);
  const [first, others] = await rush();
  expectOneWinner(first);
  expect(countStatuses(others)).toEqual({ 201: 26, 422: 24 });
  expect(await countUses(t, here.hotel.propertyId)).toEqual({ uses: 1, live: 1 });

  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  expect(await countUses(t, here.hotel.propertyId)).toEqual({ uses: 0, live: 0 });
  expectOneWinner(await bookAll(here, 50, () => ({ promoCode: 'ONCE500' })));

  // Nobody ends this one before the next fifty come.
  await t.database.travel('22 minutes');
  expectOneWinner(await bookAll(here, 50, (index) => ({ ...nightOf(index), promoCode: 'ONCE500' })));
  expect(await countUses(t, here.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  expect(await recountNights(t.database, here.hotel.roomTypeId)).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
});

/** Nights of their own, so that it is not the nights they queue for. */
const nightOf = (index: number) => ({ checkIn: daysAhead(60 + index), checkOut: daysAhead(61 + index) });

test('fifty who want other nights each are held apart by the promo alone', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  await addPromo(t, desk.hotel.propertyId, { ...once, maxUses: 7 });
  const answers = await bookAll(desk, 50, (index) => ({ ...nightOf(index), promoCode: 'ONCE500' }));
  expect(countStatuses(answers)).toEqual({ 201: 7, 422: 43 });
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 7, live: 7 });
  expect(await countDeadlocks(t.database)).toBe(0);
});

test('one customer, twenty bookings at once, two uses for each: two have the promo', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  await addPromo(t, desk.hotel.propertyId, { maxUsesPerCustomer: 2 });
  const spellings = ['one@example.com', 'ONE@example.com', 'One@Example.Com'];
  const answers = await bookAll(desk, 20, (index) => ({
    ...nightOf(index),
    guest: { ...guest, email: spellings[index % 3] },
    promoCode: index % 2 === 0 ? 'TEN' : 'ten',
  }));
  expect(countStatuses(answers)).toEqual({ 201: 2, 422: 18 });
  expect(await countDeadlocks(t.database)).toBe(0);
});

test('appointments and their providers are no different: one use, one appointment', async () => {
  const spa = await staffSpa(t);
  await addPromo(t, spa.propertyId, once);
  const answers = await post(`${spa.path}/bookings`, 40, (index) => ({
    kind: 'APPOINTMENT',
    service: 'FACIAL',
    guest: person(index),
    promoCode: 'ONCE500',
    startsAt: `${daysAhead(30 + (index % 10))}T15:00`,
  }));
  expectOneWinner(answers);
  expect(await countDeadlocks(t.database)).toBe(0);
});

test(
  `${String(ROUNDS.count)} times three for one use, and two more while it is given back: never two have it`,
  { repeats: ROUNDS.repeats },
  async () => {
    const rounds = ROUNDS.count;
    const desk = await openDesk(t, { rooms: 3 * rounds });
    await playRounds(rounds, async (round) => {
      const code = `R${String(round)}`;
      await addPromo(t, desk.hotel.propertyId, { code, maxUses: 1 });
      const contend = (count: number) =>
        bookAll(desk, count, (index) => ({ ...nightOf((round + index) % 60), promoCode: code }));
      const answers = await contend(3);
      expect(countStatuses(answers)).toEqual({ 201: 1, 422: 2 });
      const winner = answers.find(({ status }) => status === 201)?.body;
      const cancel = send(serverOf(round).url, 'POST', '/v1/guest/booking/cancel', {
        token: winner.guestToken,
        body: {},
      });
      const [cancelled, others] = await Promise.all([cancel, contend(2)]);
      expect(cancelled.status).toBe(200);
      expect(countStatuses(others)[201] ?? 0).toBeLessThanOrEqual(1);
      expect(Object.keys(countStatuses(others)).every((status) => ['201', '422'].includes(status))).toBe(true);
    });
    expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test(
  'bookings with a promo that are made, moved, cancelled and left to expire all at once: uses are counted to the last',
  { repeats: WAVES.repeats },
  async () => {
    const desk = await openDesk(t, { rooms: 4 });
    await addPromo(t, desk.hotel.propertyId, { maxUses: 9, maxUsesPerCustomer: 4 });
    const { seed, upTo } = seededRandom();
    const codes: string[] = [];
    const call = (index: number, path: string, body: object) =>
      insist(() => send(serverOf(index).url, 'POST', `${desk.path}${path}`, { token: desk.token, body }));
    const act = async (index: number): Promise<Answer> => {
      const code = codes[upTo(codes.length)];
      const arrival = 30 + upTo(8);
      const nights = { checkIn: daysAhead(arrival), checkOut: daysAhead(arrival + 1) };
      const what = upTo(10);
      if (what < 6 || code === undefined) {
        const promoCode = what < 5 ? { promoCode: 'TEN' } : {};
        const payment = what % 2 === 0 ? 'ON_SITE' : 'LINK';
        const body = stayBody({ ...nights, guest: person(upTo(4)), ...promoCode, payment });
        const answer = await call(index, '/bookings', body);
        if (answer.status === 201) codes.push(answer.body.booking.code as string);
        return answer;
      }
      return what < 8
        ? call(index, `/bookings/${code}/cancel`, {})
        : call(index, `/bookings/${code}/reschedule`, nights);
    };
    for (let wave = 1; wave <= WAVES.count; wave += 1) {
      const answers = await Promise.all([...Array.from({ length: 24 }, (_, index) => act(index)), expireHolds(t.ctx)]);
      const statuses = countStatuses(answers.slice(0, -1) as Answer[]);
      expect(
        Object.keys(statuses).filter((status) => Number(status) >= 500),
        `seed ${String(seed)}`,
      ).toEqual([]);
      expect(await findMisusedPromos(t), `seed ${String(seed)}`).toEqual([]);
      await t.database.travel(`${String(wave * 4)} minutes`);
    }
    const { uses } = await countUses(t, desk.hotel.propertyId);
    expect(uses).toBeLessThanOrEqual(9);
    expect(await recountNights(t.database, desk.hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
  },
);
