import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { GatewayBalanceTransaction, GatewayPage, GatewayResult, NewSession } from '../src/domain/ports/gateway.ts';
import { makeStripeGateway } from '../src/integrations/stripe.ts';
import { connectStripe } from '../src/integrations/stripe/connect-stripe.ts';

// `npm run test:stripe`: runs payments from session to refund and dispute against Stripe's test mode, with the key in
// STRIPE_TEST_KEY. Compares what Holdfast reads with what Stripe is expected to do. Skipped without a key.

const HELP = `STRIPE_TEST_KEY=sk_test_… npm run test:stripe -- [--sandbox <url>]

  --sandbox   runs against the local sandbox at this URL instead of Stripe

Creates sessions, payments, refunds and disputes in the test mode of the account. Never takes a live key.`;

/** Wait for what Stripe does later, such as a dispute, which its test cards open seconds after the capture. */
const PATIENCE_MS = 60_000;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: { sandbox: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const secretKey = process.env['STRIPE_TEST_KEY'] ?? '';
/** The client wants some key, even if it is never used. */
const account = { secretKey: secretKey === '' ? 'sk_test_unset' : secretKey, apiBase: values.sandbox };
const gateway = makeStripeGateway({ ...account, webhookSecret: 'whsec_unused', timeoutMs: 20_000 });
const startedAt = Date.now();

/** Cards of Stripe's test mode, and what the bank does after the capture. */
const CARDS = {
  ok: 'pm_card_visa',
  dispute: 'pm_card_createDispute',
  inquiry: 'pm_card_createDisputeInquiry',
} as const;
type Card = keyof typeof CARDS;

function describeSession(paymentId: string, over: Partial<NewSession> = {}): NewSession {
  return {
    amount: 10_000,
    currency: 'EUR',
    description: 'Test of Holdfast',
    email: `holdfast-${paymentId}@example.com`,
    bookingCode: 'BK-TEST-0001',
    paymentId,
    expiresAt: new Date(Date.now() + 35 * MINUTE_MS).toISOString(),
    successUrl: 'https://example.com/paid',
    cancelUrl: 'https://example.com/left',
    ...over,
  };
}

/** Expects an answer. Throws: with the refusal, or the reason why there is none. */
async function done<T>(request: Promise<GatewayResult<T>>): Promise<T> {
  const answer = await request;
  if (answer.kind !== 'DONE') throw new Error(JSON.stringify(answer));
  return answer.value;
}

/** Reads until something is there, or patience ends. */
async function waitFor<T>(read: () => Promise<T | null | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('Stripe did not show it in time');
    await sleep(1_000);
  }
}

interface Authorized {
  readonly intentId: string;
  readonly paymentId: string;
  readonly card: Card;
}

/** Authorizes 100.00 EUR on a card. Nobody can fill Stripe's page here, so the intent is created without a session. */
async function authorize(card: Card): Promise<Authorized> {
  const paymentId = randomUUID();
  if (values.sandbox !== undefined) {
    const session = await done(gateway.createSession(describeSession(paymentId), randomUUID()));
    const paid = (await control(`checkout/${session.id}/pay`, {})) as { payment_intent: { id: string } };
    return { intentId: paid.payment_intent.id, paymentId, card };
  }
  const intent = await connectStripe(account).paymentIntents.create({
    amount: 10_000,
    currency: 'eur',
    capture_method: 'manual',
    confirm: true,
    payment_method: CARDS[card],
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { payment_id: paymentId },
  });
  return { intentId: intent.id, paymentId, card };
}

/** Captures in full; the bank then does what the card stands for. */
async function capture({ intentId, card }: Authorized): Promise<void> {
  await done(gateway.capture({ intentId, amount: 10_000, currency: 'EUR' }, randomUUID()));
  if (values.sandbox === undefined || card === 'ok') return;
  const intent = await connectStripe(account).paymentIntents.retrieve(intentId);
  await control('disputes', { charge: intent.latest_charge, isInquiry: card === 'inquiry' });
}

async function control(path: string, body: object): Promise<unknown> {
  const url = `${values.sandbox ?? ''}/_sandbox/${path}`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function listMovements(intentId: string): Promise<GatewayBalanceTransaction[]> {
  const span = {
    from: new Date(startedAt - MINUTE_MS).toISOString(),
    to: new Date(Date.now() + MINUTE_MS).toISOString(),
  };
  const found: GatewayBalanceTransaction[] = [];
  let cursor: string | null = null;
  do {
    const page: GatewayPage<GatewayBalanceTransaction> = await done(
      gateway.listBalanceTransactions({ ...span, cursor }),
    );
    found.push(...page.items.filter((movement) => movement.intentId === intentId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

const LIVES: Readonly<Record<string, () => Promise<void>>> = {
  'a session is created once per key, found by its payment, and expired': async () => {
    const [paymentId, key] = [randomUUID(), randomUUID()];
    const wanted = describeSession(paymentId);
    const session = await done(gateway.createSession(wanted, key));
    assert.equal(session.status, 'open');
    assert.equal(session.intentId, null);
    assert.equal((await done(gateway.createSession(wanted, key))).id, session.id);
    const madeSince = new Date(startedAt).toISOString();
    const found = await waitFor(() => done(gateway.findSession({ paymentId, email: wanted.email, madeSince })));
    assert.equal(found.id, session.id);
    assert.equal((await done(gateway.expireSession(session.id, randomUUID()))).status, 'expired');
    assert.equal((await done(gateway.getSession(session.id))).status, 'expired');
  },

  'less than the minimum, and fils that are not in tens, are refused': async () => {
    for (const [over, code] of [
      [{ amount: 49 }, /^amount_too_small$/],
      [{ amount: 5_124, currency: 'KWD' }, /./],
    ] as const) {
      const answer = await gateway.createSession(describeSession(randomUUID(), over), randomUUID());
      assert.equal(answer.kind, 'REFUSED');
      assert.match(answer.code, code);
    }
    await done(gateway.createSession(describeSession(randomUUID(), { amount: 50 }), randomUUID()));
    await done(gateway.createSession(describeSession(randomUUID(), { amount: 5_120, currency: 'KWD' }), randomUUID()));
  },

  'krónur have two digits at Stripe': async () => {
    const wanted = describeSession(randomUUID(), { amount: 25_000, currency: 'ISK' });
    const { id } = await done(gateway.createSession(wanted, randomUUID()));
    assert.equal((await connectStripe(account).checkout.sessions.retrieve(id)).amount_total, 2_500_000);
  },

  'a card is authorized, a part captured, a part of it refunded once': async () => {
    const { intentId, paymentId } = await authorize('ok');
    const authorized = await done(gateway.getIntent(intentId));
    assert.equal(authorized.status, 'requires_capture');
    assert.equal(authorized.paymentId, paymentId);
    assert.ok(Date.parse(authorized.captureBefore ?? '') > Date.now());
    const captured = await done(gateway.capture({ intentId, amount: 8_000, currency: 'EUR' }, randomUUID()));
    assert.deepEqual([captured.status, captured.amountCaptured, captured.refunds], ['succeeded', 8_000, []]);
    const refund = { intentId, amount: 3_000, currency: 'EUR', refundId: randomUUID() };
    const key = randomUUID();
    await done(gateway.refund(refund, key));
    const refunded = await done(gateway.refund(refund, key));
    assert.equal(refunded.amountRefunded, 3_000);
    assert.deepEqual(
      refunded.refunds.map((one) => [one.amount, one.refundId]),
      [[3_000, refund.refundId]],
    );
    const more = await gateway.refund({ ...refund, amount: 5_001, refundId: randomUUID() }, randomUUID());
    assert.equal(more.kind, 'REFUSED');
    const movements = await waitFor(async () => {
      const all = await listMovements(intentId);
      return all.some(({ kind }) => kind === 'REFUND') ? all : null;
    });
    const sumOf = (wanted: string) =>
      movements.filter(({ kind }) => kind === wanted).reduce((sum, { amount }) => sum + amount, 0);
    assert.deepEqual([sumOf('CHARGE'), sumOf('REFUND')], [8_000, -3_000]);
  },

  'an authorization is voided, and captured no more': async () => {
    const { intentId } = await authorize('ok');
    assert.equal((await done(gateway.void(intentId, randomUUID()))).status, 'canceled');
    const late = await gateway.capture({ intentId, amount: 10_000, currency: 'EUR' }, randomUUID());
    assert.deepEqual(late, { kind: 'REFUSED', code: 'payment_intent_unexpected_state' });
  },

  'a disputed payment has its dispute, and moved the money': async () => {
    const payment = await authorize('dispute');
    await capture(payment);
    const dispute = await waitFor(async () => (await done(gateway.listDisputes(payment.intentId)))[0]);
    assert.deepEqual([dispute.amount, dispute.currency, dispute.status], [10_000, 'EUR', 'OPEN']);
    assert.deepEqual(await done(gateway.getDispute(dispute.id)), dispute);
    const movement = await waitFor(async () =>
      (await listMovements(payment.intentId)).find(({ kind }) => kind === 'DISPUTE'),
    );
    assert.deepEqual([movement.amount, movement.disputeId], [-10_000, dispute.id]);
  },

  'an inquiry moves no money': async () => {
    const payment = await authorize('inquiry');
    await capture(payment);
    const inquiry = await waitFor(async () => (await done(gateway.listDisputes(payment.intentId)))[0]);
    assert.equal(inquiry.status, 'INQUIRY');
    assert.deepEqual(
      (await listMovements(payment.intentId)).map(({ kind }) => kind),
      ['CHARGE'],
    );
  },
};

/** Runs every life, one after the other, and prints a line for each. Returns: the number of failures. */
async function runLives(): Promise<number> {
  let failures = 0;
  for (const [name, live] of Object.entries(LIVES)) {
    const begin = performance.now();
    try {
      await live();
      console.log(`  ✓ ${name}  ${(performance.now() - begin).toFixed(0)} ms`);
    } catch (error) {
      failures += 1;
      console.log(
        `  ✗ ${name}\n      ${error instanceof Error ? error.message.replaceAll('\n', '\n      ') : 'failed'}`,
      );
    }
  }
  return failures;
}

if (values.help) console.log(HELP);
else if (secretKey === '') {
  console.log('SKIPPED: no payment ran against Stripe, because STRIPE_TEST_KEY is not set.');
} else if (!/^(sk|rk)_test_/.test(secretKey)) {
  console.error('STRIPE_TEST_KEY must be a key of the test mode, sk_test_… or rk_test_…');
  process.exitCode = 1;
} else {
  console.log(values.sandbox ?? "Stripe's test mode");
  const failures = await runLives();
  const count = Object.keys(LIVES).length;
  console.log(
    failures === 0 ? `\nAll ${String(count)} lives passed.` : `\n${String(failures)} of ${String(count)} failed.`,
  );
  if (failures > 0) process.exitCode = 1;
}
