import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../support/database/invariants.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import { countDeadlocks, countStatuses, recountNights } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('decisions', { small: 40, middle: 200, full: 4_000 });
const ONE_ROOM = trials('bookings', { small: 20, middle: 50, full: 500, each: 2 });
const ONE_STAY = trials('bookings', { small: 10, middle: 25, full: 250, each: 2 });

let t: TestApp;
let owner: string;

beforeAll(async () => {
  t = await startTestApp();
  owner = await t.tokenFor('owner@harbour-hotel.example');
});
afterAll(() => t.close());

/** A hotel whose staff approve, and where the demo owner works. */
async function buildApprovingHotel(rooms: number) {
  const hotel = await buildHotel(t.ctx, { rooms, property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
  const { id: userId } = await t.ctx.db.user.findUniqueOrThrow({ where: { email: 'owner@harbour-hotel.example' } });
  await t.ctx.db.membership.create({ data: { userId, propertyId: hotel.propertyId, role: 'OWNER' } });
  return { ...hotel, bookings: `/v1/staff/properties/${hotel.slug}/bookings` };
}

test(
  `approve, decline and the guest's cancel at once, ${String(ROUNDS)} rounds: one end, one audit chain`,
  { repeats },
  async () => {
    const hotel = await buildApprovingHotel(ROUNDS + 1);
    const histories = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
      const { code } = body.booking as { code: string };
      const staff = (action: string, payload: object) =>
        t.call('POST', `${hotel.bookings}/${code}/${action}`, { token: owner, body: payload });
      const moves: (() => Promise<Answer>)[] = [
        () => staff('approve', {}),
        () => staff('decline', { reasonCode: 'NO_CAPACITY' }),
        () => t.call('POST', '/v1/guest/booking/cancel', { token: body.guestToken as string, body: {} }),
      ];
      // Each round begins with another of them, so that no one is always first.
      const [first, second, third] = [0, 1, 2].map((index) => moves[(index + round) % 3] as () => Promise<Answer>) as [
        () => Promise<Answer>,
        () => Promise<Answer>,
        () => Promise<Answer>,
      ];
      const answers = await Promise.all([first(), second(), third()]);
      expect(Object.keys(countStatuses(answers)).every((status) => status === '200' || status === '409')).toBe(true);

      const detail = await t.call('GET', `${hotel.bookings}/${code}`, { token: owner });
      const history = await t.call('GET', `${hotel.bookings}/${code}/history`, { token: owner });
      const chain = (history.body.items as { from: string | null; to: string }[]).map(
        ({ from, to }) => `${String(from)}>${to}`,
      );
      const end = detail.body.status as string;
      expect([
        ['null>PENDING_APPROVAL', 'PENDING_APPROVAL>CONFIRMED'],
        ['null>PENDING_APPROVAL', 'PENDING_APPROVAL>DECLINED'],
        ['null>PENDING_APPROVAL', 'PENDING_APPROVAL>CANCELLED'],
        ['null>PENDING_APPROVAL', 'PENDING_APPROVAL>CONFIRMED', 'CONFIRMED>CANCELLED'],
      ]).toContainEqual(chain);
      expect(chain.at(-1)).toMatch(new RegExp(`>${end}$`));
      histories.add(chain.join(' '));
    }
    // Each of them may come first, and leaves another history; with one history, nothing raced.
    expect(histories.size).toBeGreaterThan(1);
    expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
    expect(await findViolations(t.ctx)).toEqual([]);
    expect(await countDeadlocks(t.database)).toBe(0);
  },
);

test(
  'two members of staff who assign one room to two stays: one has it, the other is told',
  { repeats: ONE_ROOM.repeats },
  async () => {
    const hotel = await buildApprovingHotel(ONE_ROOM.count);
    for (let round = 0; round < ONE_ROOM.count; round += 1) {
      const stay = stayBody({ checkIn: daysAhead(40 + round), checkOut: daysAhead(42 + round) });
      const codes = await Promise.all(
        [0, 1].map(async () => {
          const { body } = await t.call('POST', hotel.bookings, {
            token: owner,
            body: { ...stay, payment: 'ON_SITE' },
          });
          return body.booking.code as string;
        }),
      );
      const answers = await Promise.all(
        codes.map((code) =>
          t.call('POST', `${hotel.bookings}/${code}/assign-room`, { token: owner, body: { room: '101' } }),
        ),
      );
      const won = answers.filter(({ status }) => status === 200).length;
      const lost = answers.filter(({ status, body }) => status === 409 && body.code === 'room_taken').length;
      // A stay of two nights meets the one that won the night before; then neither may have the room.
      expect([won, lost]).toEqual(round % 2 === 0 ? [1, 1] : [0, 2]);
    }
    expect(await findViolations(t.ctx)).toEqual([]);
  },
);

test(
  'two members of staff who give one stay different rooms: it has one, and the other saw an older assignment',
  { repeats: ONE_STAY.repeats },
  async () => {
    const hotel = await buildApprovingHotel(4);
    for (let round = 0; round < ONE_STAY.count; round += 1) {
      const created = await t.call('POST', hotel.bookings, {
        token: owner,
        body: stayBody({ checkIn: daysAhead(30 + round), checkOut: daysAhead(31 + round), payment: 'ON_SITE' }),
      });
      const code = created.body.booking.code as string;
      const assign = (room: string) =>
        t.call('POST', `${hotel.bookings}/${code}/assign-room`, { token: owner, body: { room, assignmentVersion: 0 } });
      const answers = await Promise.all([assign('101'), assign('102')]);
      expect(countStatuses(answers)).toEqual({ 200: 1, 412: 1 });
      expect(answers.find(({ status }) => status === 412)?.body).toMatchObject({
        code: 'version_conflict',
        assignmentVersion: 1,
      });
    }
  },
);

test('strangers who skip every check of ours still can not assign one room twice', async () => {
  const hotel = await buildApprovingHotel(3);
  const codes = await Promise.all(
    [0, 1].map(
      async () => (await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).body.booking.code as string,
    ),
  );
  const outcomes = await Promise.all(
    codes.map((code) =>
      t.database
        .sql(
          `INSERT INTO room_assignments (id, booking_id, room_id, from_on, to_on)
           SELECT gen_random_uuid(), b.id, r.id, current_date + 30, current_date + 31 FROM bookings b, rooms r
           WHERE b.code = $1 AND r.property_id = $2 AND r.number = '101'`,
          [code, hotel.propertyId],
        )
        .then(
          () => 'assigned',
          (error: unknown) => (error as { constraint?: string }).constraint,
        ),
    ),
  );
  expect(outcomes.sort()).toEqual(['assigned', 'room_assignments_no_overlap']);
});
