import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { stayBody } from '../support/build.ts';
import { findViolations } from '../support/invariants.ts';
import { startPayingApp, WEBHOOK_SECRET } from '../support/sandbox.ts';
import type { PaidHotel, PayingApp } from '../support/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 60);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('DELETE', '/delivery');
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

const staff = (code: string, action: string, body: object) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
const refundOf = (code: string, amount: number, more = {}) =>
  staff(code, 'refunds', { amount, reason: 'Shower was cold', ...more });

interface Paid {
  readonly code: string;
  readonly guestToken: string;
  readonly intent: string;
  readonly charge: string;
}

/** One night, 100.00, paid by card and confirmed. */
async function bookAndPay(over: Record<string, unknown> = {}): Promise<Paid> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody(over));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const [row] = await t.database.sql<{ intent_id: string }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  const intent = row?.intent_id ?? '';
  const { charges } = (await t.control('GET', '/state')) as { charges: { id: string; payment_intent: string }[] };
  const charge = charges.find((one) => one.payment_intent === intent)?.id ?? '';
  return { code, guestToken, intent, charge };
}

/** The card's holder goes to the bank. */
async function dispute(charge: string, more: object = {}): Promise<string> {
  const { id } = (await t.control('POST', '/disputes', { charge, ...more })) as { id: string };
  return id;
}
const close = (id: string, status: 'won' | 'lost') => t.control('POST', `/disputes/${id}/close`, { status });

/** Pays, and waits until staff see that it is disputed. */
async function bookAndDispute(more: object = {}): Promise<Paid & { id: string }> {
  const paid = await bookAndPay();
  const id = await dispute(paid.charge, more);
  await t.reachesAtDesk(hotel, paid.code, { disputes: [{ status: 'OPEN' }] });
  return { ...paid, id };
}

/** Dispute transfers of a booking: what each took out of, or gave back to, the gateway. */
const transfersOf = (code: string, kinds: readonly string[] = ['DISPUTE', 'DISPUTE_WON']) =>
  t.database.sql<{ kind: string; from: string; to: string; amount: string }>(
    `SELECT t.kind, d.kind AS "from", c.kind AS "to", t.amount FROM ledger_transfers t
     JOIN bookings b ON b.id = t.booking_id
     JOIN ledger_accounts d ON d.id = t.debit_account_id JOIN ledger_accounts c ON c.id = t.credit_account_id
     WHERE b.code = $1 AND t.kind::text = ANY($2) ORDER BY t.id`,
    [code, kinds],
  );

const outboxOf = (code: string, pattern: string) =>
  t.database.sql<{ type: string; data: object }>(
    `SELECT o.type, o.data FROM outbox_messages o JOIN bookings b ON b.id = o.booking_id
     WHERE b.code = $1 AND o.type LIKE $2 ORDER BY o.id`,
    [code, pattern],
  );

async function historyOf(code: string): Promise<{ action: string; reason?: string; changes?: object }[]> {
  return (await t.call('GET', `${hotel.desk}/${code}/history`, { token: hotel.ownerToken })).body.items;
}
const actionsOf = async (code: string, pattern: RegExp) =>
  (await historyOf(code)).map(({ action }) => action).filter((action) => pattern.test(action));

const DISPUTE = { kind: 'DISPUTE', from: 'DISPUTES', to: 'GATEWAY', amount: '10000' };
const DISPUTE_WON = { kind: 'DISPUTE_WON', from: 'GATEWAY', to: 'DISPUTES', amount: '10000' };

test('a dispute takes the money from the gateway’s account, and staff hear of it and see it', async () => {
  const { code } = await bookAndDispute({ reason: 'product_not_received' });
  const { body } = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  const row = { amount: 10_000, currency: 'EUR', reason: 'product_not_received', status: 'OPEN', closedAt: null };
  expect(body).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, disputes: [row] });
  expect(await transfersOf(code)).toEqual([DISPUTE]);
  expect(await outboxOf(code, 'dispute_%')).toEqual([
    { type: 'dispute_opened', data: { bookingCode: code, status: 'CONFIRMED' } },
  ]);
  expect(await historyOf(code)).toContainEqual(
    expect.objectContaining({
      ...{ action: 'dispute-opened', reason: 'product_not_received', changes: { disputedAmount: [0, 10_000] } },
    }),
  );
});

test.each([
  ['won', 'WON', [DISPUTE, DISPUTE_WON]],
  ['lost', 'LOST', [DISPUTE]],
] as const)(
  'one that is %s is closed once, however often and in which order its events come',
  async (end, status, moved) => {
    const { code, charge } = await bookAndPay();
    await t.control('POST', '/delivery', { paused: true });
    const id = await dispute(charge);
    await t.control('POST', `/disputes/${id}/answer`);
    await close(id, end);
    await t.control('POST', '/delivery', { paused: false, duplicate: 20, shuffle: true, seed: 7 });
    await t.control('POST', '/delivery/flush');
    await t.reachesAtDesk(hotel, code, { disputes: [{ status, closedAt: expect.any(String) }] });
    await t.settle();
    expect(await transfersOf(code)).toEqual(moved);
    expect(await actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
    expect((await outboxOf(code, 'dispute_%')).map(({ type }) => type)).toEqual(['dispute_opened', 'dispute_closed']);
  },
);

test('closed before created, event by event, ends the same', async () => {
  const { code, charge } = await bookAndPay();
  await t.control('POST', '/delivery', { drop: 1 });
  const id = await dispute(charge);
  await close(id, 'won');
  await t.control('DELETE', '/delivery');
  const { events } = (await t.control('GET', '/state')) as { events: { id: string; type: string }[] };
  const about = events.filter(({ type }) => type.startsWith('charge.dispute.')).slice(-4);
  expect(about.map(({ type }) => type.slice(15)).toSorted()).toEqual([
    ...['closed', 'created', 'funds_reinstated', 'funds_withdrawn'],
  ]);
  for (const event of about.toReversed()) {
    for (let times = 0; times < 20; times += 1) await t.control('POST', `/events/${event.id}/deliver`);
    await t.settle();
  }
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'WON' }] });
  expect(await transfersOf(code)).toEqual([DISPUTE, DISPUTE_WON]);
  expect(await actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
});

test('of events that are processed all at once one opens the dispute and one closes it', async () => {
  const paid = await Promise.all(Array.from({ length: 4 }, () => bookAndPay()));
  const ids = await Promise.all(paid.map(({ charge }) => dispute(charge)));
  await Promise.all(ids.map((id) => close(id, 'lost')));
  await vi.waitFor(async () => {
    const open = t.database.sql(`SELECT 1 FROM webhook_events WHERE dispute_id = ANY($1)`, [ids]);
    expect(await open).toHaveLength(12);
  }, 15_000);
  await Promise.all([t.settle(), t.settle(), t.settle()]);
  for (const { code } of paid) {
    await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'LOST' }] });
    expect(await transfersOf(code)).toEqual([DISPUTE]);
    expect(await actionsOf(code, /^dispute/)).toEqual(['dispute-opened', 'dispute-closed']);
  }
});

test('what is disputed is not refunded, and the answer says why; what was won back is', async () => {
  const { code, id } = await bookAndDispute();
  const refused = {
    code: 'refund_exceeds_captured',
    refundable: 0,
    withheld: 10_000,
    detail: expect.stringMatching(/disputed/),
  };
  for (const more of [{}, { to: 'WALLET' }]) {
    expect(await refundOf(code, 1, more)).toMatchObject({ status: 409, body: refused });
  }
  await close(id, 'won');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'WON' }] });
  expect(await refundOf(code, 10_000)).toMatchObject({ status: 200, body: { state: 'DONE' } });
});

test('what was lost is never refunded as well', async () => {
  const { code, id } = await bookAndDispute();
  await close(id, 'lost');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'LOST' }], paidAmount: 10_000 });
  expect(await refundOf(code, 1)).toMatchObject({ status: 409, body: { refundable: 0 } });
});

test('of a charge that is disputed in part nothing goes to the card, and the rest can go to the wallet', async () => {
  const { code } = await bookAndDispute({ amount: 4_000 });
  expect(await refundOf(code, 1)).toMatchObject({ status: 409, body: { refundable: 0, withheld: 10_000 } });
  expect(await refundOf(code, 6_001, { to: 'WALLET' })).toMatchObject({ status: 409, body: { refundable: 6_000 } });
  expect(await refundOf(code, 6_000, { to: 'WALLET' })).toMatchObject({ status: 200, body: { state: 'DONE' } });
});

test('a dispute about more than was left after a refund counts in full, and nothing is below zero', async () => {
  const { code, charge } = await bookAndPay();
  expect((await refundOf(code, 7_000)).status).toBe(200);
  await dispute(charge, { amount: 10_000 });
  await t.reachesAtDesk(hotel, code, { paidAmount: 3_000, disputes: [{ amount: 10_000 }] });
  expect(await refundOf(code, 1)).toMatchObject({ status: 409, body: { refundable: 0, withheld: 3_000 } });
});

test('a refund the gateway refuses because of a dispute we had not heard of is not asked for for ever', async () => {
  const { code, charge } = await bookAndPay();
  await t.control('POST', '/delivery', { paused: true });
  const id = await dispute(charge);
  expect(await refundOf(code, 10_000)).toMatchObject({ status: 200, body: { state: 'PENDING' } });
  await t.control('POST', '/delivery', { paused: false });
  await t.control('POST', '/delivery/flush');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'OPEN' }], refunds: [{ state: 'CANCELLED' }] });
  expect(await actionsOf(code, /^refund/)).toEqual(['refund-refused', 'refund-withheld']);
  await t.database.travel('3 days');
  await t.settle();
  const asked = await t.database.sql(
    `SELECT o.state FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1 AND o.kind = 'REFUND'`,
    [code],
  );
  expect(asked).toEqual([{ state: 'REFUSED' }, { state: 'REFUSED' }]);
  // Won, it is due again, and is made.
  await close(id, 'won');
  await t.reachesAtDesk(hotel, code, {
    ...{ paidAmount: 0, disputes: [{ status: 'WON' }], refunds: [{ state: 'CANCELLED' }, { state: 'DONE' }] },
  });
});

test('a refund that still waits when the dispute is lost is not made: the bank has given the money back', async () => {
  const { code, charge } = await bookAndPay();
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/refunds$',
    kind: 'error_before',
    status: 400,
    times: 1,
  });
  expect(await refundOf(code, 4_000)).toMatchObject({ body: { state: 'PENDING' } });
  await close(await dispute(charge), 'lost');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'LOST' }], refunds: [{ state: 'CANCELLED' }] });
  await t.database.travel('1 hour');
  await t.settle();
  expect(await transfersOf(code, ['REFUND', 'REFUND_CANCELLED', 'PAYOUT'])).toEqual([
    { kind: 'REFUND', from: 'BOOKING', to: 'REFUNDS', amount: '4000' },
    { kind: 'REFUND_CANCELLED', from: 'REFUNDS', to: 'BOOKING', amount: '4000' },
  ]);
});

test('a cancellation while the charge is disputed leaves the money to the bank, and the history says so', async () => {
  const { code, guestToken, id } = await bookAndDispute();
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED', paidAmount: 10_000 } });
  expect(await historyOf(code)).toContainEqual(
    expect.objectContaining({
      ...{ action: 'refund-withheld', reason: 'disputed', changes: { withheldAmount: [0, 10_000] } },
    }),
  );
  expect(await findViolations(t.ctx)).toEqual([]);
  await close(id, 'won');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'WON' }], refunds: [] });
  // What the property does with money it was given back is for staff to say.
  expect(await refundOf(code, 10_000)).toMatchObject({ status: 200, body: { state: 'DONE' } });
});

test('a cancellation gives back what was paid otherwise, and of the disputed card nothing', async () => {
  const { code, guestToken } = await bookAndDispute();
  const checkIn = stayBody()['checkIn'] as string;
  const checkOut = new Date(Date.parse(checkIn) + 2 * 86_400_000).toISOString().slice(0, 10);
  expect((await staff(code, 'reschedule', { checkIn, checkOut })).body).toMatchObject({ balanceDue: 10_000 });
  const paid = await staff(code, 'payments', { method: 'CASH', amount: 10_000 });
  expect(paid.body).toMatchObject({ paidAmount: 20_000 });
  const { body } = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(body).toMatchObject({ status: 'CANCELLED' });
  const { refunds } = (await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken })).body;
  expect(refunds).toMatchObject([{ destination: 'MANUAL', amount: 10_000, state: 'PENDING' }]);
});

test('a stay that becomes cheaper while it is disputed gives nothing back, and the history says so', async () => {
  const { code } = await bookAndDispute();
  await t.database.sql(
    `UPDATE inventory_nights SET price = 6000 WHERE room_type_id IN (
    SELECT room_type_id FROM stays s JOIN bookings b ON b.id = s.booking_id WHERE b.code = $1)`,
    [code],
  );
  const checkIn = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const checkOut = new Date(Date.now() + 41 * 86_400_000).toISOString().slice(0, 10);
  const moved = await staff(code, 'reschedule', { checkIn, checkOut });
  expect(moved).toMatchObject({ status: 200, body: { paidAmount: 10_000, price: { totalPayable: 6_000 } } });
  await t.database.sql('UPDATE inventory_nights SET price = NULL');
  expect(await actionsOf(code, /^refund/)).toEqual(['refund-withheld']);
});

test('a dispute we hear of before anything named its payment is understood', async () => {
  const { code, url } = await t.bookAndOpen(hotel.path, stayBody());
  // All news of the payment is lost, and somebody captures it in the dashboard.
  await t.control('POST', '/delivery', { drop: 1 });
  await t.payOn(url);
  const { payment_intents: intents } = (await t.control('GET', '/state')) as {
    payment_intents: { id: string; latest_charge: string; metadata: Record<string, string> }[];
  };
  const intent = intents.find(({ metadata }) => metadata['booking_code'] === code);
  await t.control('POST', `/payment_intents/${intent?.id ?? ''}/capture`, {});
  await t.control('DELETE', '/delivery');
  await dispute(intent?.latest_charge ?? '');
  await t.reachesAtDesk(hotel, code, { status: 'CONFIRMED', paidAmount: 10_000, disputes: [{ status: 'OPEN' }] });
  const path = `/v1/staff/properties/${hotel.slug}/webhook-events?bookingCode=${code}`;
  const { items } = (await t.call('GET', path, { token: hotel.ownerToken })).body;
  expect((items as { type: string }[]).map(({ type }) => type)).toContain('charge.dispute.created');
});

test('while the gateway does not answer, a dispute waits and is not lost', async () => {
  const { code, charge } = await bookAndPay();
  await t.control('POST', '/faults', { method: 'GET', path: '/v1/disputes/', kind: 'error_before', times: 2 });
  await dispute(charge);
  await vi.waitFor(async () => {
    await t.settle();
    const rows = await t.database.sql<{ state: string }>(
      `SELECT state FROM webhook_events w JOIN bookings b ON b.id = w.booking_id
       WHERE b.code = $1 AND w.dispute_id IS NOT NULL AND w.attempts > 0`,
      [code],
    );
    expect(rows.length).toBeGreaterThan(0);
  }, 15_000);
  await t.database.travel('1 minute');
  await t.reachesAtDesk(hotel, code, { disputes: [{ status: 'OPEN' }] });
});

const sign = (payload: string) => Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });

async function deliver(type: string, object: object): Promise<string> {
  const id = `evt_${crypto.randomUUID()}`;
  const created = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ id, object: 'event', type, created, data: { object } });
  const headers = { 'content-type': 'application/json', 'stripe-signature': sign(body) };
  expect((await t.call('POST', '/v1/webhooks/stripe', { body, headers })).status).toBe(200);
  return id;
}

test.each([
  ['charge.dispute.created', { object: 'dispute', id: 'du_theirs', payment_intent: 'pi_theirs', charge: 'ch_theirs' }],
  ['charge.dispute.closed', { object: 'dispute', id: 'du_theirs', payment_intent: null, charge: 'ch_theirs' }],
  ['payment_intent.succeeded', { object: 'payment_intent', id: 'pi_theirs', metadata: { payment_id: '7' } }],
  ['checkout.session.completed', { object: 'checkout.session', id: 'cs_theirs', payment_intent: 'pi_theirs' }],
  ['charge.refunded', { object: 'charge', id: 'ch_theirs', payment_intent: 'pi_theirs', metadata: {} }],
  ['refund.updated', { object: 'refund', id: 're_theirs', payment_intent: 'pi_theirs', charge: 'ch_theirs' }],
  ['charge.refund.updated', { object: 'refund', id: 're_theirs', payment_intent: 'pi_theirs' }],
  ['customer.created', { object: 'customer', id: 'cus_theirs' }],
])('%s about another system’s object is stored, done with, and nobody is told', async (type, object) => {
  const told = async () => (await t.database.sql('SELECT 1 FROM outbox_messages')).length;
  await t.settle();
  const before = await told();
  const id = await deliver(type, object);
  await t.settle();
  expect(
    await t.database.sql('SELECT state, attempts, booking_id, property_id FROM webhook_events WHERE event_id = $1', [
      id,
    ]),
  ).toEqual([{ state: 'PROCESSED', attempts: 1, booking_id: null, property_id: null }]);
  expect(await told()).toBe(before);
});

test('another system’s dispute in the same account is left to it', async () => {
  const { stripeUrl } = { stripeUrl: t.sandboxUrl };
  const { hostname, port } = new URL(stripeUrl);
  const other = new Stripe('sk_test_sandbox', { host: hostname, port, protocol: 'http', telemetry: false });
  const session = await other.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Hat' } } }],
    success_url: 'https://hats.test/',
    cancel_url: 'https://hats.test/',
  });
  const paid = (await t.control('POST', `/checkout/${session.id}/pay`, { card: 'ok' })) as { charge: { id: string } };
  const id = await dispute(paid.charge.id);
  await close(id, 'lost');
  await vi.waitFor(async () => {
    await t.settle();
    const rows = t.database.sql(`SELECT DISTINCT state FROM webhook_events WHERE dispute_id = $1`, [id]);
    expect(await rows).toEqual([{ state: 'PROCESSED' }]);
  }, 15_000);
  expect(await t.database.sql('SELECT 1 FROM disputes WHERE gateway_dispute_id = $1', [id])).toEqual([]);
});

test('an event that claims another payment’s dispute changes nothing, because the gateway says otherwise', async () => {
  const mine = await bookAndPay();
  const theirs = await bookAndDispute();
  await deliver('charge.dispute.created', { object: 'dispute', id: theirs.id, payment_intent: mine.intent });
  await t.settle();
  const { body } = await t.call('GET', `${hotel.desk}/${mine.code}`, { token: hotel.ownerToken });
  expect(body.disputes).toEqual([]);
});
