import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { Gateway, GatewayBalanceTransaction, GatewayPage } from '../../../src/domain/ports/gateway.ts';
import { done, gatewayAt, holdFor, openGateway } from '../../support/sandbox/stripe-gateway.ts';

const ALWAYS = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };

/** Every movement of a span, newest first, and how many came per page. */
async function readAll(
  gateway: Gateway,
  span = ALWAYS,
): Promise<{ all: GatewayBalanceTransaction[]; pages: number[] }> {
  const all: GatewayBalanceTransaction[] = [];
  const pages: number[] = [];
  let cursor: string | null = null;
  do {
    const page: GatewayPage<GatewayBalanceTransaction> = await done(
      gateway.listBalanceTransactions({ ...span, cursor }),
    );
    all.push(...page.items);
    pages.push(page.items.length);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { all, pages };
}

it('250 movements come page by page, each once, newest first', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  for (let index = 1; index < 250; index += 1) {
    await t.sandbox.control('POST refunds', { payment_intent: intentId, amount: index % 7 === 0 ? 2 : 1 });
  }
  const { all, pages } = await readAll(t.gateway);
  expect(pages).toEqual([100, 100, 50]);
  expect(new Set(all.map(({ id }) => id)).size).toBe(250);
  expect(all.at(-1)).toMatchObject({ kind: 'CHARGE', amount: 10_000 });
  const times = all.map(({ at }) => at);
  expect(times).toEqual(times.toSorted().reverse());
  expect(all.reduce((sum, { amount }) => sum + amount, 0)).toBe(10_000 - 249 - 35);
});

it('every way money moves has its kind, its sign and its intent', async () => {
  await using t = await openGateway();
  const { intentId, chargeId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 9_000, currency: 'USD' }, 'capture-1'));
  const { refunds } = await done(
    t.gateway.refund({ intentId, amount: 500, currency: 'USD', refundId: 'refund-1' }, 'key-1'),
  );
  await t.sandbox.control(`POST refunds/${String(refunds[0]?.id)}/fail`);
  await t.sandbox.control('POST refunds', { payment_intent: intentId, amount: 700 });
  const { id } = await t.sandbox.control('POST disputes', { charge: chargeId });
  await t.sandbox.control(`POST disputes/${String(id)}/close`, { status: 'won' });
  const { all } = await readAll(t.gateway);
  const line = (kind: GatewayBalanceTransaction['kind'], amount: number, paymentId: string | null = null) => ({
    id: expect.stringMatching(/^txn_/),
    at: expect.stringMatching(/Z$/),
    currency: 'USD',
    kind,
    amount,
    intentId,
    disputeId: kind.startsWith('DISPUTE') ? id : null,
    paymentId,
  });
  expect(all.reverse()).toEqual([
    line('CHARGE', 10_000, 'payment-1'),
    line('CHARGE', -1_000),
    line('REFUND', -500, 'payment-1'),
    line('REFUND_FAILED', 500, 'payment-1'),
    line('REFUND', -700),
    line('DISPUTE', -8_300),
    line('DISPUTE_WON', 8_300),
  ]);
});

it('spans that touch share no movement and miss none', async () => {
  await using t = await openGateway();
  for (const paymentId of ['payment-1', 'payment-2', 'payment-3']) {
    const { intentId } = await holdFor(t.sandbox, paymentId);
    await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, paymentId));
    await t.sandbox.control('POST clock', { advanceSeconds: 1 });
  }
  const { all } = await readAll(t.gateway);
  expect(all.map(({ paymentId }) => paymentId)).toEqual(['payment-3', 'payment-2', 'payment-1']);
  for (const shift of [-500, 0, 1, 500]) {
    const border = new Date(Date.parse(all[1]?.at ?? '') + shift).toISOString();
    const before = await readAll(t.gateway, { from: ALWAYS.from, to: border });
    const after = await readAll(t.gateway, { from: border, to: ALWAYS.to });
    expect([...after.all, ...before.all]).toEqual(all);
    expect(after.all.some(({ paymentId }) => paymentId === 'payment-2')).toBe(shift <= 0);
  }
});

it('a page that does not come is unknown, and can be asked for again', async () => {
  await using t = await openGateway();
  await t.sandbox.control('POST faults', { kind: 'drop_before', path: '/balance_transactions$', times: 2 });
  const ask = () => t.gateway.listBalanceTransactions({ ...ALWAYS, cursor: null });
  expect(await ask()).toMatchObject({ kind: 'UNKNOWN' });
  expect(await ask()).toEqual({ kind: 'DONE', value: { items: [], nextCursor: null } });
  expect(await t.gateway.listBalanceTransactions({ ...ALWAYS, cursor: 'txn_none' })).toMatchObject({ kind: 'REFUSED' });
});

/** A gateway whose Stripe answers this to everything. */
async function gatewayThatHears(answer: object): Promise<{ gateway: Gateway } & Disposable> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    gateway: gatewayAt(`http://127.0.0.1:${String(port)}`),
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

it('what has nothing to do with a payment of ours is told as it is', async () => {
  const line = { object: 'balance_transaction', created: 1_800_000_000, currency: 'usd', exchange_rate: null };
  const payout = { id: 'po_1', object: 'payout', metadata: { payment_id: 'not one' } };
  const failed = { id: 're_1', object: 'refund', currency: 'usd', amount: 5, payment_intent: 'pi_1', metadata: {} };
  using t = await gatewayThatHears({
    object: 'list',
    has_more: false,
    data: [
      { ...line, id: 'txn_1', amount: -900, type: 'payout', reporting_category: 'payout', source: payout },
      { ...line, id: 'txn_2', amount: -20, type: 'stripe_fee', reporting_category: 'fee', source: null },
      {
        ...line,
        id: 'txn_3',
        amount: -5,
        source: failed,
        type: 'payment_failure_refund',
        reporting_category: 'charge_failure',
      },
    ],
  });
  const { all } = await readAll(t.gateway);
  expect(all).toMatchObject([
    { id: 'txn_1', kind: 'OTHER', amount: -900, intentId: null, paymentId: null },
    { id: 'txn_2', kind: 'OTHER', amount: -20, intentId: null, paymentId: null },
    { id: 'txn_3', kind: 'OTHER', amount: -5, intentId: 'pi_1', paymentId: null },
  ]);
});

it('money that is changed into another currency is told as the guest paid and got it', async () => {
  const line = { object: 'balance_transaction', created: 1_800_000_000, currency: 'usd', exchange_rate: 1.1 };
  const about = { currency: 'eur', payment_intent: 'pi_1', metadata: { payment_id: 'payment-1' } };
  using t = await gatewayThatHears({
    object: 'list',
    has_more: false,
    data: [
      {
        ...line,
        id: 'txn_2',
        amount: -440,
        reporting_category: 'refund',
        source: { ...about, id: 're_1', object: 'refund', amount: 400 },
      },
      {
        ...line,
        id: 'txn_1',
        amount: 1_100,
        reporting_category: 'charge',
        source: { ...about, id: 'ch_1', object: 'charge', amount: 1_000 },
      },
    ],
  });
  expect((await readAll(t.gateway)).all).toMatchObject([
    { kind: 'REFUND', amount: -400, currency: 'EUR', paymentId: 'payment-1' },
    { kind: 'CHARGE', amount: 1_000, currency: 'EUR', paymentId: 'payment-1' },
  ]);
});

it('an answer that is no list is no answer', async () => {
  using t = await gatewayThatHears({ message: 'down for repairs' });
  expect(await t.gateway.listBalanceTransactions({ ...ALWAYS, cursor: null })).toMatchObject({ kind: 'UNKNOWN' });
  expect(await t.gateway.getDispute('du_1')).toMatchObject({ kind: 'UNKNOWN' });
});

it.each([
  ['needs_response', 'OPEN'],
  ['appeal_under_review', 'OPEN'],
  ['warning_needs_response', 'INQUIRY'],
  ['warning_under_review', 'INQUIRY'],
  ['warning_closed', 'INQUIRY_CLOSED'],
  ['prevented', 'INQUIRY_CLOSED'],
  ['won', 'WON'],
  ['lost', 'LOST'],
])('a dispute that is %s is %s', async (status, expected) => {
  const dispute = { id: 'du_1', amount: 5, currency: 'eur', reason: 'general', payment_intent: null, status };
  using t = await gatewayThatHears(dispute);
  expect(await done(t.gateway.getDispute('du_1'))).toMatchObject({ status: expected, intentId: null, currency: 'EUR' });
});
