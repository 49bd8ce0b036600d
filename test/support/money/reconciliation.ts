import type { Answer } from '../server/app.ts';
import { daysAhead, stayBody } from '../hotel/build.ts';
import type { PaidHotel, PayingApp } from '../sandbox/sandbox.ts';

/** Yesterday to tomorrow in UTC: today in every zone. */
export const AROUND_TODAY = { from: daysAhead(-1), to: daysAhead(1) };

/** What the owner is told when they compare the books. */
export function report(t: PayingApp, hotel: PaidHotel, query: Record<string, string> = AROUND_TODAY): Promise<Answer> {
  const path = `/v1/staff/properties/${hotel.slug}/reports/reconciliation`;
  return t.call('GET', `${path}?${new URLSearchParams(query).toString()}`, { token: hotel.ownerToken });
}

/** One night, 100.00, paid by card and confirmed. */
export async function bookAndPay(t: PayingApp, hotel: PaidHotel): Promise<string> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  return code;
}

interface GatewayIds {
  readonly paymentId: string;
  readonly intentId: string;
  readonly chargeId: string;
}

/** What the gateway calls the card payment of a booking, whether we know it or not. */
export async function idsOf(t: PayingApp, code: string): Promise<GatewayIds> {
  const payment = await t.ctx.db.payment.findFirstOrThrow({ where: { booking: { code }, provider: 'STRIPE' } });
  const { payment_intents: intents } = (await t.control('GET', '/state')) as {
    payment_intents: { id: string; latest_charge: string; metadata: Record<string, string> }[];
  };
  const intent = intents.find(({ metadata }) => metadata['payment_id'] === payment.id);
  return { paymentId: payment.id, intentId: intent?.id ?? '', chargeId: intent?.latest_charge ?? '' };
}

/** Whoever else uses the same account takes 100.00, of which nothing is ours. Answers the intent. */
export async function payStranger(t: PayingApp): Promise<string> {
  const form = {
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'eur',
    'line_items[0][price_data][unit_amount]': '10000',
    'line_items[0][price_data][product_data][name]': 'A lamp',
    'payment_intent_data[capture_method]': 'manual',
  };
  const headers = { authorization: 'Bearer sk_test_sandbox', 'content-type': 'application/x-www-form-urlencoded' };
  const made = await fetch(`${t.sandboxUrl}/v1/checkout/sessions`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form).toString(),
  });
  const { id } = (await made.json()) as { id: string };
  const paid = await t.control('POST', `/checkout/${id}/pay`, { card: 'ok' });
  const intentId = paid.payment_intent.id as string;
  await t.control('POST', `/payment_intents/${intentId}/capture`);
  return intentId;
}

/** Runs `work` while no event of the gateway's comes, and loses those that would have. */
export async function whileNothingIsHeard<T>(
  t: PayingApp,
  types: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  await t.control('POST', '/delivery', { drop: types });
  const result = await work();
  await t.control('DELETE', '/delivery');
  await t.settle();
  return result;
}

/** All that is told of a refund from the dashboard. */
export const REFUND_EVENTS = ['charge.refunded', 'refund.created', 'refund.updated'];
export const CAPTURE_EVENTS = ['charge.captured', 'payment_intent.succeeded'];
