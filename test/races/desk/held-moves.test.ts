import { afterAll, beforeAll, expect, test } from 'vitest';
import { endHeldMoves } from '../../../src/services/desk/reschedule/held/end-held-moves.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { seededRandom } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('reschedule', { small: 8, middle: 30, full: 200, each: 3 });

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterAll(() => t.close());

const later = { checkIn: daysAhead(60), checkOut: daysAhead(63) };

test(
  `the fall-back against payment, cancellation and staff, ${String(ROUNDS)} rounds: paid and moved, or neither`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const hotel = await t.hotelOf('AUTOMATIC', 4);
    const staff = (code: string, action: string, body: object) =>
      t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
    for (let round = 0; round < ROUNDS; round += 1) {
      await t.database.travel('0');
      const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
      await t.payOn(url);
      await t.reaches(guestToken, { status: 'CONFIRMED' });
      const moved = await t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: later });
      expect(moved.status, `seed ${String(seed)}`).toBe(200);
      const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
      await t.database.travel('11 minutes');
      const rivals = [
        () => t.payOn(page.body.url as string).catch(() => undefined),
        () => staff(code, 'payments', { method: 'CASH', amount: 20_000 }),
        () => staff(code, 'cancel', {}),
        () => staff(code, 'reschedule', { checkIn: daysAhead(90), checkOut: daysAhead(91) }),
      ];
      const answers = await Promise.all([
        endHeldMoves(t.ctx),
        endHeldMoves(t.ctx),
        rivals[upTo(rivals.length)]?.(),
        upTo(2) === 0 ? t.settle() : undefined,
      ]);
      expect(answers.flat().filter((each) => each === code).length).toBeLessThanOrEqual(1);
      await t.control('POST', '/delivery/flush');
      await t.settle();
      await endHeldMoves(t.ctx);
      await t.settle();
      const { body } = await t.call('GET', '/v1/guest/booking', { token: guestToken });
      const last = `seed ${String(seed)}, round ${String(round)}`;
      expect(body.moveExpiresAt, last).toBeNull();
      if (body.status === 'CONFIRMED') expect(body.balanceDue, last).toBe(0);
      expect(await findViolations(t.ctx), last).toEqual([]);
      if (body.status === 'CONFIRMED') await staff(code, 'cancel', { refundPercent: 100, reason: 'Next round' });
      await t.settle();
    }
    expect(await findViolations(t.ctx), `seed ${String(seed)}`).toEqual([]);
  },
);
