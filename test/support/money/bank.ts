import { expect } from 'vitest';
import type { Answer } from '../server/app.ts';
import { stayBody } from '../hotel/build.ts';
import { findViolations } from '../database/invariants.ts';
import type { PaidHotel, PayingApp } from '../sandbox/sandbox.ts';

export interface PaidBooking {
  readonly code: string;
  readonly guestToken: string;
  readonly intentId: string;
  readonly chargeId: string;
}

/** A line of the history, as staff see it. */
export interface HistoryItem {
  readonly action: string;
  readonly reason?: string;
  readonly changes?: object;
  readonly actor: { readonly type: string; readonly name?: string };
}

/** A hotel whose guests pay by card, and what their banks and the gateway's dashboard do to it. */
export interface Bank {
  readonly hotel: PaidHotel;
  /** Calls a staff action of a booking. */
  act(code: string, action: string, body: object): Promise<Answer>;
  refund(code: string, amount: number, more?: object): Promise<Answer>;
  see(code: string): Promise<Answer['body']>;
  /** One night, 100.00, paid by card and confirmed. */
  bookAndPay(): Promise<PaidBooking>;
  /** The card's holder goes to the bank. Answers the dispute's id. */
  dispute(chargeId: string, more?: object): Promise<string>;
  close(disputeId: string, status: 'won' | 'lost' | 'warning_closed'): Promise<void>;
  /** Paid, and disputed so that staff see it. */
  bookAndDispute(more?: object): Promise<PaidBooking & { readonly disputeId: string }>;
  /** What was moved in the ledger for a booking. */
  transfersOf(code: string, kinds: readonly string[]): Promise<object[]>;
  /** The types of what the outside hears of a booking. */
  toldOf(code: string, pattern: RegExp): Promise<string[]>;
  historyOf(code: string): Promise<HistoryItem[]>;
  actionsOf(code: string, pattern: RegExp): Promise<string[]>;
  /** Sees to it that the ledger says of the gateway what its own account says, to the cent. */
  expectSameAccount(): Promise<void>;
  /** After each test: everything is heard of and processed, and no promise is broken. */
  rest(): Promise<void>;
}

export async function openBank(t: PayingApp, approval: 'STAFF' | 'AUTOMATIC' = 'AUTOMATIC'): Promise<Bank> {
  const hotel = await t.hotelOf(approval, 60);
  const call = (method: 'GET' | 'POST', path: string, body?: object) =>
    t.call(method, `${hotel.desk}/${path}`, { token: hotel.ownerToken, ...(body && { body }) });
  const act: Bank['act'] = (code, action, body) => call('POST', `${code}/${action}`, body);
  const historyOf: Bank['historyOf'] = async (code) => (await call('GET', `${code}/history`)).body.items;
  const dispute: Bank['dispute'] = async (charge, more = {}) =>
    (await t.control('POST', '/disputes', { charge, ...more })).id;
  const bookAndPay = async () => {
    const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
    await t.payOn(url);
    await t.reaches(guestToken, { status: 'CONFIRMED' });
    return { code, guestToken, ...(await findPaid(t, code)) };
  };
  return {
    hotel,
    act,
    historyOf,
    dispute,
    bookAndPay,
    refund: (code, amount, more = {}) => act(code, 'refunds', { amount, reason: 'Shower was cold', ...more }),
    see: async (code) => (await call('GET', code)).body,
    close: async (id, status) => {
      await t.control('POST', `/disputes/${id}/close`, { status });
    },
    bookAndDispute: async (more = {}) => {
      const paid = await bookAndPay();
      const disputeId = await dispute(paid.chargeId, more);
      await t.reachesAtDesk(hotel, paid.code, { disputes: [{ status: 'OPEN' }] });
      return { ...paid, disputeId };
    },
    transfersOf: (code, kinds) =>
      t.database.sql(
        `SELECT t.kind, d.kind AS "from", c.kind AS "to", t.amount::int FROM ledger_transfers t
         JOIN bookings b ON b.id = t.booking_id
         JOIN ledger_accounts d ON d.id = t.debit_account_id JOIN ledger_accounts c ON c.id = t.credit_account_id
         WHERE b.code = $1 AND t.kind::text = ANY($2) ORDER BY t.id`,
        [code, kinds],
      ),
    toldOf: async (code, pattern) => {
      const rows = await t.database.sql<{ type: string }>(
        'SELECT o.type FROM outbox_messages o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1 ORDER BY o.id',
        [code],
      );
      return rows.map(({ type }) => type).filter((type) => pattern.test(type));
    },
    actionsOf: async (code, pattern) =>
      (await historyOf(code)).map(({ action }) => action).filter((action) => pattern.test(action)),
    expectSameAccount: async () => {
      const { balance_transactions: lines } = (await t.control('GET', '/state')) as {
        balance_transactions: { amount: number }[];
      };
      const [account] = await t.database.sql<{ sum: number }>(
        `SELECT coalesce(-sum(balance), 0)::int AS sum FROM ledger_accounts WHERE kind = 'GATEWAY'`,
      );
      expect(account?.sum).toBe(lines.reduce((sum, { amount }) => sum + amount, 0));
    },
    rest: async () => {
      await t.control('DELETE', '/faults');
      await t.control('DELETE', '/delivery');
      await t.settle();
      expect(await findViolations(t.ctx)).toEqual([]);
      await t.database.travel('0');
    },
  };
}

/** What the gateway calls a booking's card payment. */
async function findPaid(t: PayingApp, code: string): Promise<Pick<PaidBooking, 'intentId' | 'chargeId'>> {
  const [row] = await t.database.sql<{ intent_id: string }>(
    `SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id
     WHERE b.code = $1 AND p.intent_id IS NOT NULL`,
    [code],
  );
  const intentId = row?.intent_id ?? '';
  const { charges } = (await t.control('GET', '/state')) as { charges: { id: string; payment_intent: string }[] };
  return { intentId, chargeId: charges.find((one) => one.payment_intent === intentId)?.id ?? '' };
}

/** The intent that belongs to a booking, by what we told the gateway. */
export async function findIntent(
  t: PayingApp,
  code: string,
): Promise<{ readonly id: string; readonly chargeId: string; readonly status: string }> {
  const { payment_intents: intents } = (await t.control('GET', '/state')) as {
    payment_intents: { id: string; latest_charge: string; status: string; metadata: Record<string, string> }[];
  };
  const found = intents.find(({ metadata }) => metadata['booking_code'] === code);
  if (found === undefined) throw new Error(`The gateway has no payment for ${code}`);
  return { id: found.id, chargeId: found.latest_charge, status: found.status };
}
