import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import type { Answer } from '../server/app.ts';
import { daysAhead, stayBody } from '../hotel/build.ts';
import type { PaidHotel, PayingApp } from '../sandbox/sandbox.ts';
import { customerOf } from './wallet.ts';

/** A booking that is looked after for a while, also after its end. */
interface Place {
  readonly code: string;
  readonly token: string;
  readonly customer: string;
  /** Of the page that was opened last. */
  url: string | null;
}

/** What a deed is chosen by, read by a stranger just before. */
interface Now {
  readonly status: string;
  readonly due: number;
  readonly intent_id: string | null;
}

type Deed = (place: Place, now: Now) => Promise<Answer>;

export interface MoneyLife {
  /** Does one thing at random that moves money, or that is refused. Answers what, and how it was answered. */
  step(): Promise<{ deed: string; status: number }>;
  /** How often each thing was done, refusals left out. */
  readonly done: Map<string, number>;
}

const PLACES = 6;
const PEOPLE = ['aoife', 'brian', 'ciara'];
const ROOMS = 20;
const ENDS = ['COMPLETED', 'NO_SHOW', 'CANCELLED', 'DECLINED', 'EXPIRED'];
const reason = 'Random walk';

/** What is worth trying in a status. Now and then anything is tried in any. */
const SENSIBLE: Readonly<Record<string, readonly string[]>> = {
  PENDING_PAYMENT: [
    'open',
    'open with wallet',
    'open with wallet',
    'pay page',
    'pay page',
    'pay page',
    'pay by wallet',
    'pay by hand',
    'hold ends',
    'reschedule',
  ],
  PENDING_APPROVAL: ['approve', 'approve', 'approve', 'decline', 'reschedule', 'void by hand', 'guest cancels'],
  CONFIRMED: [
    'refund',
    'refund',
    'dashboard refund',
    'reschedule',
    'reschedule',
    'assign',
    'check in',
    'no-show',
    'open with wallet',
    'pay page',
    'pay by hand',
    'void by hand',
    'pay by wallet',
    'staff cancel',
    'guest cancels',
  ],
  IN_HOUSE: ['check out', 'check out', 'refund', 'dashboard refund', 'open with wallet', 'pay page', 'pay by hand'],
};
const AFTERWARDS = ['refund', 'refund', 'dashboard refund', 'hand over', 'hand over', 'pay by hand'];
const WALLETS = ['credit', 'credit', 'debit'];

/** What people do with money at a hotel: guests, staff, and whoever sits at the gateway's own dashboard. */
export function makeMoneyLife(t: PayingApp, hotel: PaidHotel, pick: (n: number) => number): MoneyLife {
  const root = `/v1/staff/properties/${hotel.slug}`;
  const places: Place[] = [];
  const done = new Map<string, number>();
  const either = <T>(...values: readonly T[]): T => values[pick(values.length)] as T;
  const staff = (path: string, body: object) => t.call('POST', `${root}${path}`, { token: hotel.ownerToken, body });
  const act =
    (action: string, body: (now: Now) => object = () => ({})): Deed =>
    ({ code }, now) =>
      staff(`/bookings/${code}/${action}`, body(now));

  const book = async (): Promise<Answer> => {
    const from = either(0, 0, 2, 4);
    const guest = { firstName: 'Any', lastName: 'Body', email: `${either(...PEOPLE)}@example.com` };
    const stay = stayBody({ guest, checkIn: daysAhead(from), checkOut: daysAhead(from + 1 + pick(3)) });
    const booked = await t.call('POST', `${hotel.path}/bookings`, { body: stay });
    if (booked.status !== 201) return booked;
    const code = booked.body.booking.code as string;
    const link = await staff(`/bookings/${code}/guest-link`, {});
    places.push({ code, token: link.body.guestToken as string, customer: await customerOf(t, code), url: null });
    return booked;
  };

  const open =
    (walletAmount: () => number): Deed =>
    async (place, { status }) => {
      const isConfirmed = status === 'CONFIRMED' || status === 'IN_HOUSE';
      const body = { walletAmount: walletAmount(), ...(isConfirmed && { purpose: 'BALANCE' }) };
      const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: place.token, body });
      if (page.status === 200) place.url = page.body.url as string | null;
      return page;
    };
  /** At the gateway, which refuses what can not be. */
  const control = async (path: string, body: object): Promise<Answer> => {
    const answer = await fetch(`${t.sandboxUrl}/_sandbox${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, headers: {}, body: await answer.json() };
  };
  const payOnPage: Deed = async (place, now) => {
    const { url } = place;
    place.url = null;
    if (url === null) return DEEDS['open']?.(place, now) ?? NOTHING;
    return control(`/checkout/${/cs_\w+/.exec(url)?.[0] ?? ''}/pay`, { card: pick(6) === 0 ? 'declined' : 'ok' });
  };
  const handOver: Deed = async ({ code }) => {
    const { body } = await t.call('GET', `${root}/bookings/${code}`, { token: hotel.ownerToken });
    const waits = ({ state, destination }: Record<string, string>) => state === 'PENDING' && destination === 'MANUAL';
    const waiting = body.refunds.find(waits);
    return waiting === undefined ? NOTHING : staff(`/bookings/${code}/refunds/${String(waiting.id)}/hand-over`, {});
  };
  const voidByHand: Deed = async ({ code }) => {
    const { body } = await t.call('GET', `${root}/bookings/${code}`, { token: hotel.ownerToken });
    const byHand = body.payments.find(
      ({ provider, stage }: Record<string, string>) => provider === 'MANUAL' && stage === 'CAPTURED',
    );
    return byHand === undefined ? NOTHING : staff(`/bookings/${code}/payments/${String(byHand.id)}/void`, { reason });
  };
  const holdEnds: Deed = async ({ code }) => {
    await t.database.sql(
      `UPDATE bookings SET expires_at = app_now() - interval '1 second' WHERE code = $1 AND status = 'PENDING_PAYMENT'`,
      [code],
    );
    const ended = await expireHolds(t.ctx);
    return ended.some((hold) => hold.code === code) ? { ...NOTHING, status: 200 } : NOTHING;
  };
  const reschedule = () => {
    const from = pick(4);
    return { checkIn: daysAhead(from), checkOut: daysAhead(from + 1 + pick(4)) };
  };
  const change =
    (verb: string): Deed =>
    ({ customer }) =>
      staff(`/customers/${customer}/wallet/${verb}`, { amount: 1 + pick(8_000), reason });
  const refundTo = () => either('CARD', 'WALLET');

  const DEEDS: Readonly<Record<string, Deed>> = {
    open: open(() => 0),
    'open with wallet': open(() => 1 + pick(9_000)),
    'pay by wallet': open(() => 100_000),
    'pay page': payOnPage,
    'pay by hand': act('payments', ({ due }) => ({
      method: either('CASH', 'ZELLE'),
      amount: Math.max(1, pick(3) === 0 ? pick(due + 100) : due),
    })),
    approve: act('approve'),
    decline: act('decline', () => ({ reasonCode: 'NO_CAPACITY' })),
    refund: act('refunds', () => ({ amount: 1 + pick(7_000), reason, to: refundTo() })),
    'dashboard refund': async (_, { intent_id: intent }) =>
      intent === null ? NOTHING : control('/refunds', { payment_intent: intent, amount: 1 + pick(6_000) }),
    'hand over': handOver,
    'void by hand': voidByHand,
    'hold ends': holdEnds,
    'guest cancels': ({ token }) =>
      t.call('POST', '/v1/guest/booking/cancel', { token, body: { refundTo: refundTo() } }),
    'staff cancel': act('cancel', () => ({ refundTo: refundTo(), refundPercent: pick(101), reason })),
    'no-show': act('no-show'),
    assign: act('assign-room', () => ({ room: String(101 + pick(ROOMS)) })),
    'check in': async (place, now) => {
      await DEEDS['assign']?.(place, now);
      return staff(`/bookings/${place.code}/check-in`, { override: reason, early: true });
    },
    'check out': act('check-out', () => ({ waiveBalance: reason })),
    reschedule: act('reschedule', reschedule),
    credit: change('credits'),
    debit: change('debits'),
  };

  const choose = ({ status }: Now): string => {
    const kind = pick(12);
    if (kind < 2) return either(...WALLETS);
    return kind === 2 ? either(...Object.keys(DEEDS)) : either(...(SENSIBLE[status] ?? AFTERWARDS));
  };

  return {
    done,
    step: async () => {
      const place = places[pick(PLACES)];
      const now = place && (await readNow(t, place));
      const deed = now ? choose(now) : 'book';
      const { status } = place && now ? await (DEEDS[deed] as Deed)(place, now) : await book();
      if (status < 400) done.set(deed, (done.get(deed) ?? 0) + 1);
      // One that has ended is looked after for a while.
      if (place && now && ENDS.includes(now.status) && pick(4) === 0) places.splice(places.indexOf(place), 1);
      return { deed, status };
    },
  };
}

const NOTHING: Answer = { status: 409, headers: {}, body: {} };

async function readNow(t: PayingApp, { code }: Place): Promise<Now> {
  const [now] = await t.database.sql<{ status: string; due: number; intent_id: string | null }>(
    `SELECT status::text, (total_payable - paid_amount - waived_amount)::int AS due, (
       SELECT intent_id FROM payments p WHERE p.booking_id = b.id AND p.stage IN ('CAPTURED', 'PARTIALLY_REFUNDED') AND intent_id IS NOT NULL LIMIT 1)
     FROM bookings b WHERE code = $1`,
    [code],
  );
  if (now === undefined) throw new Error(`Bug: there is no ${code}`);
  return now;
}
