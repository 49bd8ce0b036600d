import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { resolveDifferences } from '../../../../src/services/money/reconciliation/resolve-differences.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { AROUND_TODAY, bookAndPay, idsOf, report, whileNothingIsHeard } from '../../../support/money/reconciliation.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

test('a dispute of which no event came is named with its id, and found by its payment', async () => {
  const hotel = await t.hotelOf('AUTOMATIC');
  const code = await bookAndPay(t, hotel);
  const { chargeId } = await idsOf(t, code);
  const types = ['charge.dispute.created', 'charge.dispute.funds_withdrawn'];
  const { id } = await whileNothingIsHeard(t, types, () =>
    t.control('POST', '/disputes', { charge: chargeId, amount: 6_000 }),
  );
  const { body } = await report(t, hotel);
  expect(body.differences).toMatchObject([
    { kind: 'dispute_differs', bookingCode: code, expected: 0, found: 6_000, disputeIds: [id] },
  ]);
  expect((await report(t, hotel, { ...AROUND_TODAY, format: 'csv' })).body).toMatch(`6000,EUR,${String(id)}\r\n`);
  expect(await resolveDifferences(t.ctx, [{ ...body.differences[0], intentId: null }])).toBe(1);
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'OPEN', amount: 6_000 }] });
  expect((await report(t, hotel)).body).toMatchObject({ balanced: true, differences: [] });
});
