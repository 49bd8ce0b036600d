import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { fromStripeAmount, toStripeAmount } from '../../../src/integrations/stripe/stripe-amount.ts';
import { done, openGateway } from '../../support/sandbox/stripe-gateway.ts';
import { cases } from '../../support/tier/trials.ts';

test.each([
  ['ISK', 5, 500],
  ['UGX', 12_000, 1_200_000],
  ['JPY', 500, 500],
  ['EUR', 500, 500],
  ['KWD', 5_120, 5_120],
])('%s %i is %i at Stripe, and back', (currency, amount, atStripe) => {
  expect(toStripeAmount(amount, currency)).toBe(atStripe);
  expect(fromStripeAmount(atStripe, currency.toLowerCase())).toBe(amount);
});

test('every amount comes back as it was sent', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.constantFrom('ISK', 'UGX', 'EUR'), (sent, of) => {
      expect(fromStripeAmount(toStripeAmount(sent, of), of)).toBe(sent);
    }),
    cases('rules', 1_000),
  );
});

it('takes krónur for what they are, from the session to the dispute and the balance', async () => {
  await using t = await openGateway();
  const currency = 'ISK';
  const session = await done(
    t.gateway.createSession(
      {
        amount: 25_000,
        currency,
        description: 'Two nights',
        email: null,
        bookingCode: 'HF-1',
        paymentId: 'payment-1',
        expiresAt: new Date(Date.now() + 35 * 60_000).toISOString(),
        successUrl: 'https://hotel.test/paid',
        cancelUrl: 'https://hotel.test/left',
      },
      'session-1',
    ),
  );
  const { data } = await t.sandbox.stripe.checkout.sessions.list();
  expect(data).toMatchObject([{ amount_total: 2_500_000, currency: 'isk' }]);
  const paid = await t.sandbox.control(`POST checkout/${session.id}/pay`);
  const { id: intentId } = paid.payment_intent as { id: string };
  expect(await done(t.gateway.getIntent(intentId))).toMatchObject({ amount: 25_000, amountCaptured: 0 });
  await done(t.gateway.capture({ intentId, amount: 20_000, currency }, 'capture-1'));
  const refund = { intentId, amount: 1_500, currency, refundId: 'refund-1' };
  expect(await done(t.gateway.refund(refund, 'refund-1'))).toMatchObject({
    amount: 25_000,
    amountCaptured: 20_000,
    amountRefunded: 1_500,
    refunds: [{ amount: 1_500, refundId: 'refund-1' }],
  });
  const dispute = await t.sandbox.control('POST disputes', { charge: paid.charge.id, amount: 300_000 });
  expect(await done(t.gateway.getDispute(String(dispute.id)))).toMatchObject({ amount: 3_000, currency });
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const to = new Date(Date.now() + 3_600_000).toISOString();
  const { items } = await done(t.gateway.listBalanceTransactions({ from, to, cursor: null }));
  const sums = Object.groupBy(items, ({ kind }) => kind);
  expect(sums.CHARGE?.reduce((sum, { amount }) => sum + amount, 0)).toBe(20_000);
  expect(sums.REFUND).toMatchObject([{ amount: -1_500, currency }]);
  expect(sums.DISPUTE).toMatchObject([{ amount: -3_000, currency }]);
});
