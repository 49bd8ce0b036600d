import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StaffRole } from '../../../src/domain/access/permissions.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { hire, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { changeWallet, customerOf, findLedgerFaults } from '../../support/money/wallet.ts';

const ROLES = ['OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING', 'VIEWER'] as const;
const MANAGERS: readonly StaffRole[] = ['OWNER', 'MANAGER'];
const PRICE = 10_000;
const CREDIT = 4_000;

let t: TestApp;
let desk: Desk;
const tokens = new Map<StaffRole, string>();

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 200 });
  for (const role of ROLES) tokens.set(role, await hire(t, desk.hotel.propertyId, role));
});
afterAll(async () => {
  expect(await findLedgerFaults(t, desk.hotel.propertyId)).toEqual([]);
  await t.close();
});

interface Target {
  readonly code: string;
  readonly guestToken: string;
  readonly customer: string;
}

async function book(): Promise<Target> {
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email: `${randomUUID()}@example.com` };
  const { code, guestToken } = await desk.book({ guest });
  return { code, guestToken, customer: await customerOf(t, code) };
}

/** A booking that was paid in cash. */
async function bookForCash(): Promise<Target> {
  const target = await book();
  const paid = await desk.act(target.code, 'payments', { method: 'CASH', amount: PRICE });
  expect(paid.status).toBe(200);
  return target;
}

/** A booking to be paid, by a customer with money in the wallet. */
async function bookWithCredit(): Promise<Target> {
  const target = await book();
  await changeWallet(desk, target.customer, CREDIT);
  return target;
}

async function balanceOf({ customer }: Target): Promise<number> {
  return (await desk.call('GET', `/customers/${customer}/wallet`)).body.balance as number;
}

const asGuest = (token: string, path: string, body: object) =>
  t.call('POST', `/v1/guest/booking${path}`, { token, body });

/** A link made by this role where it may make one, else the token of the booking's own answer. */
async function linkBy(role: StaffRole, { code, guestToken }: Target): Promise<string> {
  const link = await desk.act(code, 'guest-link', {}, { token: tokens.get(role) ?? '' });
  return link.status === 200 ? (link.body.guestToken as string) : guestToken;
}

interface Path {
  readonly prepare: () => Promise<Target>;
  readonly run: (role: StaffRole, target: Target) => Promise<Answer>;
}

/** A call of a staff route by the role. */
const act =
  (method: 'POST' | 'DELETE', path: (target: Target) => string, body: object): Path['run'] =>
  (role, target) =>
    desk.call(method, path(target), { token: tokens.get(role) ?? '', body });

/** Every path on which money gets into a wallet or out of it. */
const WALLET_PATHS: Readonly<Record<string, Path>> = {
  'cancel to the wallet': {
    prepare: bookForCash,
    run: act('POST', ({ code }) => `/bookings/${code}/cancel`, { refundTo: 'WALLET' }),
  },
  'delete to the wallet': {
    prepare: bookForCash,
    run: act('DELETE', ({ code }) => `/bookings/${code}`, { refundTo: 'WALLET' }),
  },
  'refund to the wallet': {
    prepare: bookForCash,
    run: act('POST', ({ code }) => `/bookings/${code}/refunds`, { amount: 500, reason: 'Noise', to: 'WALLET' }),
  },
  credit: {
    prepare: book,
    run: act('POST', ({ customer }) => `/customers/${customer}/wallet/credits`, { amount: 500, reason: 'Noise' }),
  },
  debit: {
    prepare: bookWithCredit,
    run: act('POST', ({ customer }) => `/customers/${customer}/wallet/debits`, { amount: 500, reason: 'Noise' }),
  },
  'a link that cancels to the wallet': {
    prepare: bookForCash,
    run: async (role, target) => asGuest(await linkBy(role, target), '/cancel', { refundTo: 'WALLET' }),
  },
  'a link that pays from the wallet': {
    prepare: async () => {
      const target = await bookWithCredit();
      await changeWallet(desk, target.customer, PRICE);
      return target;
    },
    run: async (role, target) => asGuest(await linkBy(role, target), '/payment-session', { walletAmount: PRICE }),
  },
};

const MAY = MANAGERS.flatMap((role) => Object.entries(WALLET_PATHS).map(([name, path]) => ({ role, name, path })));
const MAY_NOT = ROLES.filter((role) => !MANAGERS.includes(role)).flatMap((role) =>
  Object.entries(WALLET_PATHS).map(([name, path]) => ({ role, name, path })),
);

test.each(MAY)('$role may move money of a wallet: $name', async ({ role, path }) => {
  const target = await path.prepare();
  const before = await balanceOf(target);
  expect((await path.run(role, target)).status).toBe(200);
  expect(await balanceOf(target)).not.toBe(before);
});

test.each(MAY_NOT)('$role may not move money of a wallet: $name', async ({ role, path }) => {
  const target = await path.prepare();
  const before = await balanceOf(target);
  expect(await path.run(role, target)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await balanceOf(target)).toBe(before);
});

/** Everything else that staff and guests do to a booking paid in cash. */
const OTHER_PATHS: readonly (readonly [string, object])[] = [
  ['cancel', { refundTo: 'CARD' }],
  ['cancel', {}],
  ['no-show', {}],
  ['check-out', { waiveBalance: 'Left early' }],
  ['complete', {}],
  ['decline', { reasonCode: 'NO_CAPACITY' }],
  ['approve', {}],
  ['guest-link', {}],
];

/** The path of a system that Holdfast replaces; a second cancellation changes nothing. */
async function cancelByOldPath(role: StaffRole, { code }: Target): Promise<void> {
  const path = `/staff/hotel/${desk.hotel.slug}/room-bookings/${code}/cancel/`;
  await t.call('POST', path, { token: tokens.get(role) ?? '', body: { reason: 'Called' } });
}

test.each(ROLES)('nothing else that a %s does fills a wallet, nor gives cash back without a manager', async (role) => {
  for (const [action, body] of OTHER_PATHS) {
    const target = await bookForCash();
    await desk.act(target.code, action, body, { token: tokens.get(role) ?? '' });
    if (action === 'cancel') await cancelByOldPath(role, target);
    const { refunds } = (await desk.call('GET', `/bookings/${target.code}`)).body;
    for (const { id, state } of refunds) {
      expect(state).toBe('PENDING');
      const handed = await desk.act(
        target.code,
        `refunds/${String(id)}/hand-over`,
        {},
        { token: tokens.get(role) ?? '' },
      );
      expect(handed.status).toBe(MANAGERS.includes(role) ? 200 : 403);
    }
    expect(await balanceOf(target)).toBe(0);
  }
});

describe('a link with the wallet', () => {
  test('is left out where the contact is not the customer any more, and stops to spend there', async () => {
    const target = await bookWithCredit();
    const link = await linkBy('OWNER', target);
    expect((await t.call('GET', '/v1/guest/wallet', { token: link })).body.balance).toBe(CREDIT);
    await t.database.sql(
      `UPDATE party_members SET email = 'else@example.com' WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
      [target.code],
    );
    expect((await t.call('GET', '/v1/guest/wallet', { token: link })).status).toBe(403);
    expect((await asGuest(link, '/payment-session', { walletAmount: 100 })).status).toBe(403);
    const later = await linkBy('OWNER', target);
    expect((await asGuest(later, '/payment-session', { walletAmount: 100 })).status).toBe(403);
    expect(await balanceOf(target)).toBe(CREDIT);
  });

  test('leaves the name of its maker in the history and beside the wallet', async () => {
    const target = await bookWithCredit();
    await changeWallet(desk, target.customer, PRICE);
    await asGuest(await linkBy('MANAGER', target), '/payment-session', { walletAmount: PRICE });
    const history = await desk.call('GET', `/bookings/${target.code}/history`);
    const payment = history.body.items.find(({ action }: Answer['body']) => action === 'payment');
    expect(payment).toMatchObject({ actor: { type: 'GUEST' }, changes: { linkMadeBy: [null, 'Sam'] } });
    const { items } = (await desk.call('GET', `/customers/${target.customer}/wallet`)).body;
    expect(items[0]).toMatchObject({ kind: 'PAYMENT', actor: { type: 'GUEST' }, linkMadeBy: 'Sam' });
  });
});
