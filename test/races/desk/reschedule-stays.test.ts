import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { countDeadlocks, countStatuses, insist, recountNights, seededRandom } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('reschedule', { small: 30, middle: 200, full: 2_000, each: 3 });

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });
const move = (desk: Desk, code: string, from: number, to: number) => desk.act(code, 'reschedule', nights(from, to));

/** From when to when each stay that stands is, with its room, read by a stranger. */
async function staysOf(desk: Desk): Promise<Record<string, string>> {
  const rows = await t.database.sql<{ code: string; stay: string }>(
    `SELECT b.code, concat(s.check_in_on, ' ', s.check_out_on, ' ', r.number) AS stay FROM bookings b JOIN stays s ON s.booking_id = b.id
     LEFT JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL LEFT JOIN rooms r ON r.id = a.room_id
     WHERE b.property_id = $1 AND b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE')`,
    [desk.hotel.propertyId],
  );
  return Object.fromEntries(rows.map(({ code, stay }) => [code, stay]));
}

test(
  `two who move into each other’s nights of a full house at once, ${String(ROUNDS)} rounds: both are told, and stay`,
  { repeats },
  async () => {
    const desk = await openDesk(t, { rooms: 1 });
    const [one, other] = [await desk.confirm(nights(30, 32)), await desk.confirm(nights(32, 34))];
    const before = await staysOf(desk);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([move(desk, one, 32, 34), move(desk, other, 30, 32)]);
      expect(countStatuses(answers)).toEqual({ 409: 2 });
    }
    expect(await staysOf(desk)).toEqual(before);
    expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
  },
);

test(
  `one pair in one room swapped from both sides at once, ${String(ROUNDS)} rounds: both happen, and all is as it was`,
  { repeats },
  async () => {
    const desk = await openDesk(t, { rooms: 1 });
    const [one, other] = [await desk.confirm(nights(30, 31)), await desk.confirm(nights(31, 34))];
    for (const code of [one, other]) await desk.act(code, 'assign-room', { room: '101' });
    const before = await staysOf(desk);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([
        desk.act(one, 'swap', { with: other }),
        desk.act(other, 'swap', { with: one }),
      ]);
      expect(countStatuses(answers)).toEqual({ 200: 2 });
    }
    expect(await staysOf(desk)).toEqual(before);
    expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
  },
);

test('twenty at once who move or swap the same booking all have their turn', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const [one, other] = [await desk.confirm(nights(30, 31)), await desk.confirm(nights(40, 42))];
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        insist(() =>
          index % 2 === 0 ? move(desk, one, 50 + index, 51 + index) : desk.act(other, 'swap', { with: one }),
        ),
      ),
    );
    expect(countStatuses(answers)).toEqual({ 200: 20 });
  }
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test(
  `moves, swaps, rooms, cancels, approvals, ended holds and new stays at once, ${String(ROUNDS)} rounds: each is done or refused`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const desk = await openDesk(t, { rooms: 2, property: { approval: 'STAFF', depositPolicy: { type: 'NONE' } } });
    const codes: string[] = [];
    let made = 0;
    const some = () => {
      const from = 30 + upTo(8);
      return nights(from, from + 1 + upTo(3));
    };
    const code = () => codes[upTo(codes.length)] ?? '';
    const note = (answer: Answer) => {
      if (answer.status !== 201) return answer;
      codes.push(answer.body.booking.code as string);
      made += 1;
      return answer;
    };
    const hold = async () => note(await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(some()) }));
    const confirm = async () =>
      note(await desk.call('POST', '/bookings', { body: stayBody({ ...some(), payment: 'ON_SITE' }) }));
    while (codes.length < 5) await (codes.length === 4 ? hold() : confirm());
    const deeds: (() => Promise<Answer>)[] = [
      ...Array.from({ length: 6 }, () => () => desk.act(code(), 'reschedule', some())),
      ...Array.from({ length: 5 }, () => () => desk.act(code(), 'swap', { with: code() })),
      ...Array.from({ length: 2 }, () => () => desk.act(code(), 'assign-room', { room: String(101 + upTo(2)) })),
      ...[hold, confirm, () => desk.act(code(), 'cancel'), () => desk.act(code(), 'approve')],
      () => desk.act(code(), 'payments', { method: 'CASH', amount: 10_000 }),
      async () => {
        await t.database.sql(
          `UPDATE bookings SET expires_at = app_now() - interval '1 s' WHERE code = $1 AND status = 'PENDING_PAYMENT'`,
          [code()],
        );
        return desk.act(code(), 'reschedule', some());
      },
    ];
    const statuses: Record<number, number> = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => (deeds[upTo(deeds.length)] as () => Promise<Answer>)()),
      );
      for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
      if (codes.length > 12) codes.splice(0, codes.length - 12);
    }
    expect(Object.keys(statuses).map(Number), `seed ${String(seed)}: ${JSON.stringify(statuses)}`).toEqual(
      [200, 201, 400, 409, 410, 422].filter((status) => status in statuses),
    );
    expect(statuses[200]).toBeGreaterThan(ROUNDS);
    expect(await recountNights(t.database, desk.hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
    const [count] = await t.database.sql(
      'SELECT count(*)::int AS bookings, count(s)::int AS stays FROM bookings b LEFT JOIN stays s ON s.booking_id = b.id WHERE property_id = $1',
      [desk.hotel.propertyId],
    );
    expect(count).toEqual({ bookings: made, stays: made });
    const broken = (await findViolations(t.ctx)).filter(({ name }) => name !== 'overdue_holds');
    expect(broken, `seed ${String(seed)}`).toEqual([]);
  },
);

test('whatever deadlock there was has been tried again, and there were few', async () => {
  expect(await countDeadlocks(t.database)).toBeLessThan((ROUNDS * (repeats + 1)) / 10);
});
