import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer } from '../server/app.ts';
import { stayBody } from '../hotel/build.ts';
import type { PaidHotel, PayingApp } from '../sandbox/sandbox.ts';
import { changeWallet, customerOf } from './wallet.ts';

/** A booking of 100.00 by somebody with 50.00 in the wallet, and what can be done about it. */
export interface WalletPayer {
  readonly code: string;
  readonly token: string;
  readonly customer: string;
  /** Asks for a page to pay on. */
  readonly open: (walletAmount?: number, headers?: Record<string, string>) => Promise<Answer>;
  /** Asks for a page to pay the balance on. */
  readonly openBalance: (walletAmount: number) => Promise<Answer>;
  readonly staff: (action: string, body?: object) => Promise<Answer>;
  readonly wallet: () => Promise<{ balance: number; reserved: number }>;
  /** Waits until the wallet is so. */
  readonly reachesWallet: (balance: number, reserved: number) => Promise<void>;
}

/** Books one night, puts money into the customer's wallet, and makes a link that may spend it. */
export async function bookWithWallet(
  t: PayingApp,
  hotel: PaidHotel,
  balance = 5_000,
  email = `${randomUUID()}@example.com`,
): Promise<WalletPayer> {
  const root = `/v1/staff/properties/${hotel.slug}`;
  const desk = {
    call: ((method, path, options) =>
      t.call(method, `${root}${path}`, { token: hotel.ownerToken, ...options })) as PayingApp['call'],
  };
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email };
  const booked = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody({ guest }) });
  const code = booked.body.booking.code as string;
  const customer = await customerOf(t, code);
  if (balance > 0) await changeWallet(desk, customer, balance);
  const staff = (action: string, body: object = {}) => desk.call('POST', `/bookings/${code}/${action}`, { body });
  const token = (await staff('guest-link')).body.guestToken as string;
  const wallet = async () => {
    const { body } = await desk.call('GET', `/customers/${customer}/wallet`);
    return { balance: body.balance as number, reserved: body.reserved as number };
  };
  return {
    code,
    token,
    customer,
    staff,
    wallet,
    open: (walletAmount, headers = {}) =>
      t.call('POST', '/v1/guest/booking/payment-session', {
        token,
        headers,
        body: walletAmount === undefined ? {} : { walletAmount },
      }),
    openBalance: (walletAmount) =>
      t.call('POST', '/v1/guest/booking/payment-session', { token, body: { walletAmount, purpose: 'BALANCE' } }),
    reachesWallet: async (all, reserved) => {
      const isThere = async () => {
        await t.settle();
        const now = await wallet();
        return now.balance === all && now.reserved === reserved;
      };
      await expect.poll(isThere, { timeout: 15_000 }).toBe(true);
    },
  };
}
