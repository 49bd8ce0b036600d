import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findIntent, openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

// What somebody does in the gateway's own dashboard is known here only by its news, and counts all the same.

let t: PayingApp;
let selling: Bank;
let asking: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  [selling, asking] = [await openBank(t), await openBank(t, 'STAFF')];
});
afterEach(async () => {
  await selling.rest();
  await selling.expectSameAccount();
});
afterAll(() => t.close());

const MOVED = ['PAYMENT', 'REFUND', 'REFUND_CANCELLED', 'PAYOUT', 'PAYOUT_FAILED', 'LOSS'];

/** Authorized, and waiting for staff. */
async function bookAndAuthorize(): Promise<{ code: string; guestToken: string; intentId: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(asking.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  return { code, guestToken, intentId: (await findIntent(t, code)).id };
}

/** Does something of which only the latest event of this type is heard. */
async function hearOnly(type: string, work: () => Promise<unknown>): Promise<void> {
  await t.control('POST', '/delivery', { drop: 1 });
  await work();
  await t.control('DELETE', '/delivery');
  const { events } = (await t.control('GET', '/state')) as { events: { id: string; type: string }[] };
  const heard = events.findLast((event) => event.type === type);
  expect(heard, type).toBeDefined();
  await t.control('POST', `/events/${heard?.id ?? ''}/deliver`);
}

test('what is captured there makes the booking stand, and staff see who did it', async () => {
  const { code, intentId } = await bookAndAuthorize();
  await t.control('POST', `/payment_intents/${intentId}/capture`, {});
  await t.reachesAtDesk(asking.hotel, code, {
    status: 'CONFIRMED',
    paidAmount: 10_000,
    paymentStage: 'CAPTURED',
    payments: [{ stage: 'CAPTURED' }],
  });
  expect(await asking.transfersOf(code, MOVED)).toEqual([
    { kind: 'PAYMENT', from: 'GATEWAY', to: 'BOOKING', amount: 10_000 },
  ]);
  expect(await asking.toldOf(code, /^payment/)).toEqual(['payment_success']);
  const actor = { type: 'PAYMENT', name: 'Stripe' };
  const history = await asking.historyOf(code);
  expect(history).toContainEqual(expect.objectContaining({ action: 'payment', actor }));
  expect(history).toContainEqual(
    expect.objectContaining({ action: 'approve', actor, from: 'PENDING_APPROVAL', to: 'CONFIRMED' }),
  );
  expect(await asking.toldOf(code, /^booking_approved/)).toEqual(['booking_approved']);
});

test('a capture that staff asked for is their approval, by their name', async () => {
  const { code, guestToken } = await bookAndAuthorize();
  await asking.act(code, 'approve', {});
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
  expect(await asking.historyOf(code)).toContainEqual(
    expect.objectContaining({ action: 'approve', actor: { type: 'STAFF', name: 'Orla' }, to: 'CONFIRMED' }),
  );
});

test('a part that is captured there counts and goes back: every cent has two ends', async () => {
  const { code, intentId } = await bookAndAuthorize();
  await t.control('POST', `/payment_intents/${intentId}/capture`, { amount: 4_000 });
  await t.reachesAtDesk(asking.hotel, code, {
    status: 'PENDING_APPROVAL',
    paidAmount: 0,
    refunds: [{ origin: 'SYSTEM', amount: 4_000, state: 'DONE' }],
  });
  expect(await asking.transfersOf(code, MOVED)).toEqual([
    { kind: 'PAYMENT', from: 'GATEWAY', to: 'BOOKING', amount: 4_000 },
    { kind: 'REFUND', from: 'BOOKING', to: 'REFUNDS', amount: 4_000 },
    { kind: 'PAYOUT', from: 'REFUNDS', to: 'GATEWAY', amount: 4_000 },
  ]);
  expect(await asking.actionsOf(code, /mismatch/)).toEqual(['payment-mismatch']);
});

test('what is voided there can be approved no more, and staff are told', async () => {
  const { code, intentId } = await bookAndAuthorize();
  await t.control('POST', `/payment_intents/${intentId}/cancel`);
  await t.reachesAtDesk(asking.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED', paidAmount: 0 });
  expect(await asking.transfersOf(code, MOVED)).toEqual([]);
  expect(await asking.toldOf(code, /^payment/)).toEqual(['payment_failed']);
  expect(await asking.actionsOf(code, /^payment/)).toEqual(['payment-authorized', 'payment-lapsed']);
  expect(await asking.act(code, 'approve', {})).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
});

test.each(['charge.refunded', 'refund.created', 'refund.updated'])(
  'a refund made there is known from %s alone',
  async (type) => {
    const { code, intentId } = await selling.bookAndPay();
    await hearOnly(type, () => t.control('POST', '/refunds', { payment_intent: intentId, amount: 4_000 }));
    await t.reachesAtDesk(selling.hotel, code, {
      paidAmount: 6_000,
      paymentStage: 'PARTIALLY_REFUNDED',
      refunds: [{ origin: 'GATEWAY', state: 'DONE' }],
    });
    expect(await selling.transfersOf(code, MOVED)).toEqual([
      { kind: 'PAYMENT', from: 'GATEWAY', to: 'BOOKING', amount: 10_000 },
      { kind: 'REFUND', from: 'BOOKING', to: 'REFUNDS', amount: 4_000 },
      { kind: 'PAYOUT', from: 'REFUNDS', to: 'GATEWAY', amount: 4_000 },
    ]);
    expect(await selling.toldOf(code, /^refund/)).toEqual(['refund_issued']);
    expect(await selling.actionsOf(code, /^refund/)).toEqual(['refund']);
  },
);

test.each(['refund.failed', 'refund.updated', 'charge.refund.updated'])(
  'a refund that comes back is known from %s alone',
  async (type) => {
    const { code, intentId } = await selling.bookAndPay();
    const made = { payment_intent: intentId, amount: 4_000 };
    const { id } = (await t.control('POST', '/refunds', made)) as { id: string };
    await t.reachesAtDesk(selling.hotel, code, { paidAmount: 6_000 });
    await hearOnly(type, () => t.control('POST', `/refunds/${id}/fail`));
    await t.reachesAtDesk(selling.hotel, code, { paidAmount: 10_000, refunds: [{ state: 'CANCELLED' }] });
    expect(await selling.toldOf(code, /^payment_failed/)).toEqual(['payment_failed']);
    expect(await selling.actionsOf(code, /^refund/)).toEqual(['refund', 'refund-refused']);
  },
);

test('a refund we hear of before anything named its payment is understood', async () => {
  const { code, url } = await t.bookAndOpen(selling.hotel.path, stayBody());
  await hearOnly('refund.updated', async () => {
    await t.payOn(url);
    const { id } = await findIntent(t, code);
    await t.control('POST', `/payment_intents/${id}/capture`, {});
    await t.control('POST', '/refunds', { payment_intent: id, amount: 1_000 });
  });
  await t.reachesAtDesk(selling.hotel, code, {
    status: 'CONFIRMED',
    paidAmount: 9_000,
    refunds: [{ origin: 'GATEWAY', amount: 1_000, state: 'DONE' }],
  });
});
