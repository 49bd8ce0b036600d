import type { Answer } from './app.ts';
import { daysAhead, stayBody } from './build.ts';
import type { PaidHotel, PayingApp } from './sandbox.ts';
import { customerOf } from './wallet.ts';

/** A booking under way, with what was last opened for it. */
interface Place {
  readonly code: string;
  readonly token: string;
  readonly customer: string;
  url: string | null;
}

export interface MoneyLife {
  /** Does one thing at random that moves money, or that is refused. Answers what, and how it was answered. */
  step(): Promise<{ deed: string; status: number }>;
  /** How often each thing was done, refusals left out. */
  readonly done: Map<string, number>;
}

const LIVE = 6;
const PEOPLE = ['aoife', 'brian', 'ciara'];

/** What people do with money at a hotel whose nights cost 100.00: guests, staff, and whoever sits at the gateway's dashboard. */
export function makeMoneyLife(t: PayingApp, hotel: PaidHotel, pick: (n: number) => number): MoneyLife {
  const root = `/v1/staff/properties/${hotel.slug}`;
  const places: Place[] = [];
  const done = new Map<string, number>();
  const one = () => places[pick(places.length)] as Place;
  const staff = (path: string, body: object) => t.call('POST', `${root}${path}`, { token: hotel.ownerToken, body });
  const act = (action: string, body: () => object = () => ({})) => {
    return () => staff(`/bookings/${one().code}/${action}`, body());
  };
  const either = <T>(...values: T[]): T => values[pick(values.length)] as T;
  const reason = 'Random walk';

  const book = async (): Promise<Answer> => {
    const from = pick(3) === 0 ? 2 + pick(4) : 0;
    const guest = { firstName: 'Any', lastName: 'Body', email: `${either(...PEOPLE)}@example.com` };
    const stay = stayBody({ guest, checkIn: daysAhead(from), checkOut: daysAhead(from + 1 + pick(3)) });
    const booked = await t.call('POST', `${hotel.path}/bookings`, { body: stay });
    if (booked.status !== 201) return booked;
    const code = booked.body.booking.code as string;
    const link = await staff(`/bookings/${code}/guest-link`, {});
    const customer = await customerOf(t, code);
    places.push({ code, token: link.body.guestToken as string, customer, url: null });
    // Those before are over sooner or later; refunds of them come up all the same.
    if (places.length > LIVE) places.shift();
    return booked;
  };

  const open = async (walletAmount: number): Promise<Answer> => {
    const place = one();
    const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: place.token, body: { walletAmount } });
    if (page.status === 200) place.url = page.body.url as string | null;
    return page;
  };
  const payAtGateway = async (): Promise<Answer> => {
    const place = places.find(({ url }) => url !== null);
    if (place?.url == null) return open(0);
    const { url } = place;
    place.url = null;
    return control(`/checkout/${/cs_\w+/.exec(url)?.[0] ?? ''}/pay`, { card: pick(6) === 0 ? 'declined' : 'ok' });
  };
  /** Somebody at the gateway's own dashboard, which refuses what can not be. */
  const control = async (path: string, body: object): Promise<Answer> => {
    const answer = await fetch(`${t.sandboxUrl}/_sandbox${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    return { status: answer.status, headers: {}, body: await answer.json() };
  };
  const refundAtGateway = async (): Promise<Answer> => {
    const [row] = await t.database.sql<{ intent_id: string }>(
      `SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id
       WHERE b.code = $1 AND p.intent_id IS NOT NULL AND p.stage = 'CAPTURED' LIMIT 1`,
      [one().code],
    );
    if (row === undefined) return { status: 404, headers: {}, body: {} };
    return control('/refunds', { payment_intent: row.intent_id, amount: 1 + pick(6_000) });
  };
  const handOver = async (): Promise<Answer> => {
    const { code } = one();
    const { body } = await t.call('GET', `${root}/bookings/${code}`, { token: hotel.ownerToken });
    const open = body.refunds.find(({ state, destination }: Record<string, string>) => `${state} ${destination}` === 'PENDING MANUAL');
    return open === undefined ? { status: 404, headers: {}, body } : staff(`/bookings/${code}/refunds/${String(open.id)}/hand-over`, {});
  };
  const change = (verb: string) => () => staff(`/customers/${one().customer}/wallet/${verb}`, { amount: 1 + pick(8_000), reason });
  const reschedule = () => {
    const from = pick(4);
    return { checkIn: daysAhead(from), checkOut: daysAhead(from + 1 + pick(4)) };
  };
  const room = () => ({ room: String(101 + pick(20)) });
  const guestCancels = () =>
    t.call('POST', '/v1/guest/booking/cancel', { token: one().token, body: { refundTo: either('CARD', 'WALLET') } });
  const staffCancels = act('cancel', () => ({ refundTo: either('CARD', 'WALLET'), refundPercent: pick(101), reason }));

  /** Each as often as its weight says. */
  const deeds: readonly (readonly [deed: string, weight: number, run: () => Promise<Answer>])[] = [
    ['book', 6, book],
    ['open a page', 5, () => open(0)],
    ['open a page with a part of the wallet', 6, () => open(1 + pick(9_000))],
    ['pay by wallet', 4, () => open(100_000)],
    ['pay on the page', 9, payAtGateway],
    ['pay by hand', 6, act('payments', () => ({ method: either('CASH', 'ZELLE'), amount: either(10_000, 20_000, 1 + pick(12_000)) }))],
    ['approve', 5, act('approve')],
    ['decline', 1, act('decline', () => ({ reasonCode: 'NO_CAPACITY' }))],
    ['refund', 4, act('refunds', () => ({ amount: 1 + pick(7_000), reason, to: either('CARD', 'WALLET') }))],
    ['refund at the dashboard', 2, refundAtGateway],
    ['hand over', 3, handOver],
    ['guest cancels', 1, guestCancels],
    ['staff cancel', 2, staffCancels],
    ['no-show', 2, act('no-show')],
    ['assign a room', 6, act('assign-room', room)],
    ['check in', 6, act('check-in', () => ({ override: reason, early: true }))],
    ['check out', 4, act('check-out', () => ({ waiveBalance: reason }))],
    ['reschedule', 6, act('reschedule', reschedule)],
    ['credit', 4, change('credits')],
    ['debit', 2, change('debits')],
  ];
  const total = deeds.reduce((sum, [, weight]) => sum + weight, 0);
  const choose = () => {
    let at = pick(total);
    return deeds.find(([, weight]) => (at -= weight) < 0) as (typeof deeds)[number];
  };

  return {
    done,
    step: async () => {
      const [deed, , run] = places.length === 0 ? (['book', 1, book] as const) : choose();
      const { status } = await run();
      if (status < 400) done.set(deed, (done.get(deed) ?? 0) + 1);
      return { deed, status };
    },
  };
}
