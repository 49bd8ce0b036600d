import type Stripe from 'stripe';
import { expect, it } from 'vitest';
import { openSandbox, paySession, refusal, sessionParams } from '../../support/sandbox/stripe-sandbox.ts';
import type { SandboxClient } from '../../support/sandbox/stripe-sandbox.ts';

/** The account's lines, oldest first, without what every line has. */
async function readLines({ stripe }: SandboxClient, params: Stripe.BalanceTransactionListParams = {}) {
  const { data } = await stripe.balanceTransactions.list({ limit: 100, ...params });
  return data.reverse().map(({ amount, reporting_category: category, source }) => ({ amount, category, source }));
}

it('a hold is nothing in the account, a capture is', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  expect(await readLines(sandbox)).toEqual([]);
  await sandbox.stripe.paymentIntents.capture(intentId);
  expect(await readLines(sandbox)).toEqual([{ amount: 10_000, category: 'charge', source: chargeId }]);
  const charge = await sandbox.stripe.charges.retrieve(chargeId, { expand: ['balance_transaction'] });
  expect(charge.balance_transaction).toMatchObject({
    object: 'balance_transaction',
    type: 'charge',
    amount: 10_000,
    fee: 320,
    net: 9_680,
    currency: 'usd',
    source: chargeId,
  });
});

it('a charge that is taken at once is in the account at once', async () => {
  await using sandbox = await openSandbox();
  const { chargeId } = await paySession(sandbox, { payment_intent_data: { capture_method: 'automatic' } });
  expect(await readLines(sandbox)).toEqual([{ amount: 10_000, category: 'charge', source: chargeId }]);
});

it('a smaller capture enters all of the charge and takes the rest back', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 7_000 });
  const { data } = await sandbox.stripe.refunds.list({ expand: ['data.balance_transaction'] });
  expect(await readLines(sandbox)).toEqual([
    { amount: 10_000, category: 'charge', source: chargeId },
    { amount: -3_000, category: 'partial_capture_reversal', source: data[0]?.id },
  ]);
  expect(data[0]?.balance_transaction).toMatchObject({ type: 'refund', fee: -87, net: -2_913 });
});

it('what is let go without a capture moves nothing', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await paySession(sandbox);
  await sandbox.stripe.paymentIntents.cancel(intentId);
  await sandbox.control('POST clock', { advanceSeconds: 8 * 24 * 3600 });
  const { data } = await sandbox.stripe.refunds.list();
  expect(data.map((refund) => refund.balance_transaction)).toEqual([null, null]);
  expect(await readLines(sandbox)).toEqual([]);
});

it('a refund leaves the account and comes back when it fails', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const refund = await sandbox.stripe.refunds.create({ payment_intent: intentId, amount: 4_000 });
  await sandbox.control(`POST refunds/${refund.id}/fail`);
  expect(await readLines(sandbox)).toEqual([
    { amount: 10_000, category: 'charge', source: chargeId },
    { amount: -4_000, category: 'refund', source: refund.id },
    { amount: 4_000, category: 'refund_failure', source: refund.id },
  ]);
  const expand = ['balance_transaction', 'failure_balance_transaction'];
  expect(await sandbox.stripe.refunds.retrieve(refund.id, { expand })).toMatchObject({
    balance_transaction: { amount: -4_000, type: 'refund' },
    failure_balance_transaction: { amount: 4_000, type: 'refund_failure' },
  });
});

it('a disputed charge leaves the account when the dispute opens and comes back when it is won', async () => {
  await using sandbox = await openSandbox();
  for (const end of ['won', 'lost']) {
    const { intentId, chargeId } = await paySession(sandbox);
    await sandbox.stripe.paymentIntents.capture(intentId);
    const { id } = await sandbox.control('POST disputes', { charge: chargeId });
    await sandbox.control(`POST disputes/${String(id)}/close`, { status: end });
    const amounts = (await readLines(sandbox, { source: String(id) })).map(({ amount }) => amount);
    expect(amounts).toEqual(end === 'won' ? [-10_000, 10_000] : [-10_000]);
    const dispute = await sandbox.stripe.disputes.retrieve(String(id));
    expect(dispute.balance_transactions.map(({ amount }) => amount)).toEqual(amounts);
  }
});

it('lines are found by id, type, source, currency and the moment they came', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  await sandbox.control('POST clock', { advanceSeconds: 3_600 });
  const refund = await sandbox.stripe.refunds.create({ payment_intent: intentId, amount: 1 });
  const { data } = await sandbox.stripe.balanceTransactions.list({ limit: 1, expand: ['data.source'] });
  expect(data).toMatchObject([{ type: 'refund', source: { id: refund.id, object: 'refund' } }]);
  const [{ id, created }] = data as [Stripe.BalanceTransaction];
  expect(await sandbox.stripe.balanceTransactions.retrieve(id)).toMatchObject({ id, source: refund.id });
  const sources = async (params: Stripe.BalanceTransactionListParams) =>
    (await readLines(sandbox, params)).map(({ source }) => source);
  expect(await sources({ type: 'charge' })).toEqual([chargeId]);
  expect(await sources({ source: refund.id })).toEqual([refund.id]);
  expect(await sources({ currency: 'USD' })).toEqual([chargeId, refund.id]);
  expect(await sources({ currency: 'eur' })).toEqual([]);
  expect(await sources({ created: { gte: created } })).toEqual([refund.id]);
  expect(await sources({ created: { lt: created } })).toEqual([chargeId]);
});

it('the account is strict about what it is asked', async () => {
  await using sandbox = await openSandbox();
  const { balanceTransactions } = sandbox.stripe;
  expect(await refusal(balanceTransactions.list({ kind: 'charge' } as never))).toMatchObject({
    code: 'parameter_unknown',
  });
  expect(await refusal(balanceTransactions.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
  expect(await refusal(balanceTransactions.list({ expand: ['data.source.charge'] }))).toMatchObject({
    param: 'expand',
  });
  expect(await refusal(balanceTransactions.retrieve('txn_none'))).toMatchObject({ code: 'resource_missing' });
});

it('the account adds up to what was captured, refunded and disputed, page by page', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 9_000 });
  for (let index = 0; index < 30; index += 1) {
    await sandbox.stripe.refunds.create({ payment_intent: intentId, amount: 100 });
  }
  const amounts: number[] = [];
  for await (const line of sandbox.stripe.balanceTransactions.list({ limit: 7 })) amounts.push(line.amount);
  expect(amounts).toHaveLength(32);
  expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(6_000);
});

it('intents are listed by the moment they were made', async () => {
  await using sandbox = await openSandbox();
  const one = await paySession(sandbox);
  await sandbox.control('POST clock', { advanceSeconds: 60 });
  const two = await paySession(sandbox, sessionParams());
  const { created } = await sandbox.stripe.paymentIntents.retrieve(two.intentId);
  const ids = async (range: object) =>
    (await sandbox.stripe.paymentIntents.list({ created: range })).data.map(({ id }) => id);
  expect(await ids({ gte: created })).toEqual([two.intentId]);
  expect(await ids({ lt: created })).toEqual([one.intentId]);
});

it('a charge shows its newest refunds and whether there are more', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  for (let index = 0; index < 11; index += 1) await sandbox.stripe.refunds.create({ charge: chargeId, amount: 1 });
  const charge = await sandbox.stripe.charges.retrieve(chargeId, { expand: ['refunds'] });
  expect(charge.refunds?.data).toHaveLength(10);
  expect(charge.refunds?.has_more).toBe(true);
});
