import { expect, it } from 'vitest';
import {
  listEventTypes,
  openSandbox,
  paySession,
  refusal,
  sessionParams,
} from '../../support/sandbox/stripe-sandbox.ts';

const now = () => Math.floor(Date.now() / 1000);

it('a new session is open, unpaid, without an intent, and has a page', async () => {
  await using sandbox = await openSandbox();
  const session = await sandbox.stripe.checkout.sessions.create(
    sessionParams({ client_reference_id: 'HF-1', customer_email: 'guest@example.test' }),
  );
  expect(session).toMatchObject({
    object: 'checkout.session',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_total: 10_000,
    currency: 'usd',
    client_reference_id: 'HF-1',
    customer_email: 'guest@example.test',
    metadata: { booking: 'HF-1' },
    livemode: false,
  });
  expect(session.id).toMatch(/^cs_test_\w{56}$/);
  expect(session.url).toBe(`${sandbox.url}/c/pay/${session.id}`);
  expect(session.lastResponse.requestId).toMatch(/^req_/);
  expect(session).not.toHaveProperty('payment_intent_data');
  expect(session).not.toHaveProperty('line_items');
});

it('the amount of a session is the sum of its line items', async () => {
  await using sandbox = await openSandbox();
  const item = (unit_amount: number, quantity: number) => ({
    quantity,
    price_data: { currency: 'THB', unit_amount, product_data: { name: 'A night' } },
  });
  const session = await sandbox.stripe.checkout.sessions.create(
    sessionParams({ line_items: [item(1_500, 3), item(250, 2)], expand: ['line_items'] }),
  );
  expect(session).toMatchObject({ amount_total: 5_000, currency: 'thb' });
  expect(session.line_items?.data.map((line) => line.amount_total)).toEqual([4_500, 500]);
  const listed = await sandbox.stripe.checkout.sessions.listLineItems(session.id);
  expect(listed.data.map((line) => line.amount_total)).toEqual([4_500, 500]);
});

it.each([
  ['an unknown parameter', { nonsense: 'x' }, 'parameter_unknown', 'nonsense'],
  [
    'an unknown nested parameter',
    { payment_intent_data: { nope: 1 } },
    'parameter_unknown',
    'payment_intent_data[nope]',
  ],
  ['a missing parameter', { line_items: undefined }, 'parameter_missing', 'line_items'],
  ['an empty parameter', { client_reference_id: '' }, 'parameter_invalid_empty', 'client_reference_id'],
  ['an integer that is none', { expires_at: 'soon' }, 'parameter_invalid_integer', 'expires_at'],
  ['another mode', { mode: 'subscription' }, undefined, 'mode'],
  ['an address that is none', { success_url: 'javascript:alert(1)' }, 'url_invalid', 'success_url'],
  ['too short a life', { expires_at: now() + 29 * 60 }, 'parameter_invalid_integer', 'expires_at'],
  ['too long a life', { expires_at: now() + 24 * 3600 + 60 }, 'parameter_invalid_integer', 'expires_at'],
  ['an expansion that is none', { expand: ['customer'] }, undefined, 'expand'],
])('a session with %s is refused as Stripe refuses it', async (_, over, code, param) => {
  await using sandbox = await openSandbox();
  const error = await refusal(sandbox.stripe.checkout.sessions.create({ ...sessionParams(), ...over } as never));
  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
  expect(error.code).toBe(code);
  expect(error.requestId).toMatch(/^req_/);
  expect((await sandbox.stripe.checkout.sessions.list()).data).toEqual([]);
});

it('line items of several currencies, or of nothing, are refused', async () => {
  await using sandbox = await openSandbox();
  const item = (currency: string, unit_amount: number) => ({
    quantity: 1,
    price_data: { currency, unit_amount, product_data: { name: 'A night' } },
  });
  const create = (line_items: ReturnType<typeof item>[]) =>
    refusal(sandbox.stripe.checkout.sessions.create(sessionParams({ line_items })));
  expect(await create([item('usd', 5), item('eur', 5)])).toMatchObject({ param: 'line_items' });
  expect(await create([item('usd', 0)])).toMatchObject({ code: 'amount_too_small' });
});

it('the shortest and the longest life Stripe allows are taken', async () => {
  await using sandbox = await openSandbox();
  for (const expires_at of [now() + 30 * 60 + 5, now() + 24 * 3600 - 5]) {
    expect(await sandbox.stripe.checkout.sessions.create(sessionParams({ expires_at }))).toMatchObject({ expires_at });
  }
});

it('an unknown id, an unknown path, a wrong key and a body that is no form are refused', async () => {
  await using sandbox = await openSandbox();
  expect(await refusal(sandbox.stripe.checkout.sessions.retrieve('cs_test_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such checkout.session: 'cs_test_none'",
  });
  expect(await refusal(sandbox.stripe.customers.create({}))).toMatchObject({ statusCode: 404 });
  const json = await fetch(`${sandbox.url}/v1/refunds`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_1', 'content-type': 'application/json' },
    body: '{}',
  });
  expect(json.status).toBe(400);
  const live = sandbox.stripe.checkout.sessions.list({}, { apiKey: 'sk_live_1' });
  expect(await refusal(live)).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
});

it('paying completes the session and holds the money, and the events say so in full', async () => {
  await using sandbox = await openSandbox();
  const { sessionId, intentId, chargeId } = await paySession(sandbox, { customer_email: 'guest@example.test' });
  const session = await sandbox.stripe.checkout.sessions.retrieve(sessionId, {
    expand: ['payment_intent.latest_charge'],
  });
  expect(session).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
    url: null,
    customer_details: { email: 'guest@example.test' },
    payment_intent: {
      id: intentId,
      status: 'requires_capture',
      amount: 10_000,
      amount_capturable: 10_000,
      amount_received: 0,
      metadata: { booking: 'HF-1' },
      latest_charge: { id: chargeId, captured: false, paid: true, status: 'succeeded', amount_captured: 0 },
    },
  });
  expect(await listEventTypes(sandbox)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
    'checkout.session.completed',
  ]);
  const [completed] = (await sandbox.stripe.events.list({ type: 'checkout.session.completed' })).data;
  expect(completed?.data.object).toMatchObject({ id: sessionId, payment_intent: intentId, payment_status: 'unpaid' });
});

it('automatic capture takes the money at once', async () => {
  await using sandbox = await openSandbox();
  const { sessionId, intentId, chargeId } = await paySession(sandbox, { payment_intent_data: {} });
  expect(await sandbox.stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({ payment_status: 'paid' });
  expect(await sandbox.stripe.paymentIntents.retrieve(intentId)).toMatchObject({
    status: 'succeeded',
    amount_received: 10_000,
  });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ captured: true, amount_captured: 10_000 });
  expect(await listEventTypes(sandbox)).toContain('payment_intent.succeeded');
});

it('a declined card leaves the session open for another try with the same intent', async () => {
  await using sandbox = await openSandbox();
  const { id } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  const declined = await sandbox.control(`POST checkout/${id}/pay`, { card: 'declined' });
  expect(declined).toMatchObject({
    outcome: 'declined',
    session: { status: 'open', payment_intent: null },
    payment_intent: { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } },
    charge: { status: 'failed', paid: false, failure_code: 'card_declined' },
  });
  const paid = await sandbox.control(`POST checkout/${id}/pay`, { card: 'ok' });
  expect(paid.outcome).toBe('paid');
  expect(paid.payment_intent).toMatchObject({ id: declined.payment_intent.id, last_payment_error: null });
  expect(await listEventTypes(sandbox)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
    'checkout.session.completed',
  ]);
});

it('a session that was paid or has expired is not paid again', async () => {
  await using sandbox = await openSandbox();
  const { sessionId } = await paySession(sandbox);
  await expect(sandbox.control(`POST checkout/${sessionId}/pay`)).rejects.toThrow(
    '409 The session is already complete.',
  );
  const { id } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  await sandbox.stripe.checkout.sessions.expire(id);
  await expect(sandbox.control(`POST checkout/${id}/pay`)).rejects.toThrow('409 The session is already expired.');
  await expect(sandbox.control('POST checkout/cs_test_none/pay')).rejects.toThrow('404');
});

it('only an open session can be expired', async () => {
  await using sandbox = await openSandbox();
  const { id } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  expect(await sandbox.stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
  expect(await listEventTypes(sandbox)).toEqual(['checkout.session.expired']);
  expect((await refusal(sandbox.stripe.checkout.sessions.expire(id))).message).toMatch(/has a status of `expired`/);
  const { sessionId } = await paySession(sandbox);
  const error = await refusal(sandbox.stripe.checkout.sessions.expire(sessionId));
  expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' });
  expect(error.message).toMatch(/has a status of `complete`/);
});

it('a session expires by the clock, and the intent of its declined attempt ends with it', async () => {
  await using sandbox = await openSandbox();
  const { id } = await sandbox.stripe.checkout.sessions.create(sessionParams({ expires_at: now() + 1_805 }));
  const { payment_intent } = await sandbox.control(`POST checkout/${id}/pay`, { card: 'declined' });
  await sandbox.control('POST clock', { advanceSeconds: 1_700 });
  expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
  await sandbox.control('POST clock', { advanceSeconds: 200 });
  expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({
    status: 'expired',
    payment_intent: null,
  });
  expect(await sandbox.stripe.paymentIntents.retrieve(payment_intent.id)).toMatchObject({ status: 'canceled' });
  expect((await listEventTypes(sandbox)).slice(-2)).toEqual(['payment_intent.canceled', 'checkout.session.expired']);
});

it('sessions are listed newest first, by intent, status and time, page by page', async () => {
  await using sandbox = await openSandbox();
  const { sessions } = sandbox.stripe.checkout;
  const first = await paySession(sandbox);
  await sandbox.control('POST clock', { advanceSeconds: 100 });
  const second = await sessions.create(sessionParams());
  const third = await sessions.create(sessionParams());
  const ids = async (params: Parameters<typeof sessions.list>[0]) =>
    (await sessions.list(params)).data.map(({ id }) => id);
  expect(await ids({})).toEqual([third.id, second.id, first.sessionId]);
  expect(await ids({ payment_intent: first.intentId })).toEqual([first.sessionId]);
  expect(await ids({ status: 'open' })).toEqual([third.id, second.id]);
  expect(await ids({ created: { gte: second.created } })).toEqual([third.id, second.id]);
  expect(await ids({ created: { lt: second.created } })).toEqual([first.sessionId]);
  expect(await ids({ limit: 1, starting_after: third.id })).toEqual([second.id]);
  expect(await ids({ limit: 1, ending_before: first.sessionId })).toEqual([second.id]);
  const all: string[] = [];
  for await (const session of sessions.list({ limit: 1 })) all.push(session.id);
  expect(all).toEqual([third.id, second.id, first.sessionId]);
  expect(await refusal(sessions.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
  expect(await refusal(sessions.list({ starting_after: 'cs_none' }))).toMatchObject({ code: 'resource_missing' });
});

it.each([
  ['less than the minimum', 'eur', 49, 'amount_too_small', 'line_items'],
  ['less than the minimum of its currency', 'huf', 17_499, 'amount_too_small', 'line_items'],
  ['a currency that nobody has', 'zzz', 10_000, undefined, 'line_items[0][price_data][currency]'],
  ['fils that are not in tens', 'kwd', 5_124, 'parameter_invalid_integer', 'line_items[0][price_data][unit_amount]'],
  ['a fraction of a króna', 'isk', 12_350, 'parameter_invalid_integer', 'line_items[0][price_data][unit_amount]'],
  ['a fraction of a shilling', 'ugx', 999_999, 'parameter_invalid_integer', 'line_items[0][price_data][unit_amount]'],
])('a session for %s is refused', async (_, currency, unit_amount, code, param) => {
  await using sandbox = await openSandbox();
  const create = (amount: number) => {
    const price_data = { currency, unit_amount: amount, product_data: { name: 'A night' } };
    return sandbox.stripe.checkout.sessions.create(sessionParams({ line_items: [{ quantity: 1, price_data }] }));
  };
  expect(await refusal(create(unit_amount))).toMatchObject({ statusCode: 400, code, param });
  if (currency !== 'zzz') expect(await create(20_000)).toMatchObject({ amount_total: 20_000 });
});

it('parts of a three-decimal payment are captured, refunded and disputed in tens', async () => {
  await using sandbox = await openSandbox();
  const price_data = { currency: 'kwd', unit_amount: 20_000, product_data: { name: 'A night' } };
  const { intentId, chargeId } = await paySession(sandbox, { line_items: [{ quantity: 1, price_data }] });
  const { paymentIntents, refunds } = sandbox.stripe;
  const code = 'parameter_invalid_integer';
  expect(await refusal(paymentIntents.capture(intentId, { amount_to_capture: 15_005 }))).toMatchObject({ code });
  await paymentIntents.capture(intentId, { amount_to_capture: 15_010 });
  expect(await refusal(refunds.create({ charge: chargeId, amount: 1 }))).toMatchObject({ code, param: 'amount' });
  expect(await refunds.create({ charge: chargeId, amount: 10 })).toMatchObject({ amount: 10 });
  await expect(sandbox.control('POST disputes', { charge: chargeId, amount: 15 })).rejects.toThrow('400');
});
