import { expect, it } from 'vitest';
import { openSandbox, paySession, refusal, sessionParams } from '../../support/sandbox/stripe-sandbox.ts';

it('the same key gives the first answer again, and nothing is done twice', async () => {
  await using sandbox = await openSandbox();
  const create = () => sandbox.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'booking-1' });
  const first = await create();
  const again = await create();
  expect(again).toEqual(first);
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  });
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  expect((await sandbox.stripe.checkout.sessions.list()).data).toHaveLength(1);
});

it('the same key for other parameters or another endpoint is refused', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  const key = { idempotencyKey: 'capture-1' };
  await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 5 }, key);
  for (const other of [
    sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 6 }, key),
    sandbox.stripe.paymentIntents.cancel(intentId, {}, key),
  ]) {
    expect(await refusal(other)).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  }
  const same = await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 5 }, key);
  expect(same.amount_received).toBe(5);
});

it('the order of parameters does not matter to a key', async () => {
  await using sandbox = await openSandbox();
  const post = (body: string) =>
    fetch(`${sandbox.url}/v1/refunds`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_1',
        'idempotency-key': 'k',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    });
  const first = await post('charge=ch_none&amount=5');
  const again = await post('amount=5&charge=ch_none');
  expect([first.status, again.status]).toEqual([404, 404]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

it('a refusal by the state is replayed, even once the state would allow it', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  const refund = () => sandbox.stripe.refunds.create({ charge: chargeId, amount: 5 }, { idempotencyKey: 'refund-1' });
  const first = await refusal(refund());
  await sandbox.stripe.paymentIntents.capture(intentId);
  const again = await refusal(refund());
  expect(again).toMatchObject({ code: first.code, message: first.message });
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
});

it('a refusal of the parameters keeps nothing: the key can be used again, put right', async () => {
  await using sandbox = await openSandbox();
  const key = { idempotencyKey: 'booking-1' };
  await refusal(sandbox.stripe.checkout.sessions.create({ ...sessionParams(), nonsense: 1 } as never, key));
  expect(await sandbox.stripe.checkout.sessions.create(sessionParams(), key)).toMatchObject({ status: 'open' });
});

it('a 500 is kept and replayed, whether the effect happened or not', async () => {
  await using sandbox = await openSandbox();
  for (const kind of ['error_before', 'error_after']) {
    const { intentId } = await paySession(sandbox);
    const capture = () => sandbox.stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: kind });
    await sandbox.control('POST faults', { kind, path: '/capture$' });
    expect(await refusal(capture())).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
    const again = await refusal(capture());
    expect(again).toMatchObject({ statusCode: 500 });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    const { status } = await sandbox.stripe.paymentIntents.retrieve(intentId);
    expect(status).toBe(kind === 'error_before' ? 'requires_capture' : 'succeeded');
  }
});

it('a key is busy while its first request runs', async () => {
  await using sandbox = await openSandbox();
  await sandbox.control('POST faults', { kind: 'hang_before', path: '/sessions$', hangMs: 300 });
  const create = () => sandbox.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'booking-1' });
  const results = await Promise.allSettled([create(), create()]);
  const refused = results.find(({ status }) => status === 'rejected');
  expect(refused).toMatchObject({ reason: { statusCode: 409, code: 'idempotency_key_in_use' } });
  const done = results.find(({ status }) => status === 'fulfilled');
  expect(await create()).toMatchObject({ id: (done as PromiseFulfilledResult<{ id: string }>).value.id });
  expect((await sandbox.stripe.checkout.sessions.list()).data).toHaveLength(1);
});

it('a key is forgotten after a day', async () => {
  await using sandbox = await openSandbox();
  const create = () => sandbox.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'booking-1' });
  const first = await create();
  await sandbox.control('POST clock', { advanceSeconds: 24 * 3600 - 60 });
  expect((await create()).id).toBe(first.id);
  await sandbox.control('POST clock', { advanceSeconds: 61 });
  expect((await create()).id).not.toBe(first.id);
});

it('of many requests with one key at once there is one effect and one answer', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const refunds = await Promise.all(
    Array.from({ length: 20 }, () =>
      sandbox.stripe.refunds.create({ payment_intent: intentId, amount: 100 }, { idempotencyKey: 'refund-1' }),
    ),
  );
  expect(new Set(refunds.map(({ id }) => id)).size).toBe(1);
  expect((await sandbox.stripe.refunds.list()).data).toHaveLength(1);
});

it('a key has up to 255 characters', async () => {
  await using sandbox = await openSandbox();
  const create = (length: number) =>
    sandbox.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'k'.repeat(length) });
  expect(await refusal(create(256))).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  expect(await create(255)).toMatchObject({ status: 'open' });
});
