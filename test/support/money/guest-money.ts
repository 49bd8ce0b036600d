import { randomUUID } from 'node:crypto';
import type { Answer } from '../server/app.ts';
import { authorize, HOUR_SECONDS } from './authorization.ts';
import type { Clocks } from './authorization.ts';
import { findIntent } from './bank.ts';
import type { Bank } from './bank.ts';
import { daysAhead, stayBody } from '../hotel/build.ts';
import type { PayingApp } from '../sandbox/sandbox.ts';
import { changeWallet, customerOf } from './wallet.ts';

/** What is in a wallet, and what of it is set aside. */
interface Wallet {
  readonly balance: number;
  readonly reserved: number;
}

/** What guests do with their money, and what staff see of it. */
export interface GuestMoney {
  /** Asks for a page to pay on, with a link that may spend the wallet. */
  open(bank: Bank, code: string, walletAmount?: number, purpose?: 'BALANCE'): Promise<Answer>;
  fill(bank: Bank, code: string, amount: number): Promise<void>;
  walletOf(bank: Bank, code: string): Promise<Wallet>;
  /** Deposits of 30 % from now on. */
  askForDeposit(bank: Bank): Promise<void>;
  /** A request whose authorization has lapsed, by somebody with 500.00 in the wallet. */
  lapse(bank: Bank, clocks: Clocks): Promise<string>;
  /** Two nights, 200.00, of which the wallet is to pay 50.00 and the card, authorized, the rest. */
  authorizeWithWallet(bank: Bank): Promise<{ readonly code: string; readonly intentId: string }>;
}

export function makeGuestMoney(t: PayingApp): GuestMoney {
  const deskOf = ({ hotel }: Bank) => ({
    call: ((method, path, options) =>
      t.call(method, `/v1/staff/properties/${hotel.slug}${path}`, {
        token: hotel.ownerToken,
        ...options,
      })) as PayingApp['call'],
  });
  const open: GuestMoney['open'] = async (bank, code, walletAmount, purpose) => {
    const { body } = await bank.act(code, 'guest-link', {});
    return t.call('POST', '/v1/guest/booking/payment-session', {
      token: body.guestToken as string,
      body: { ...(walletAmount !== undefined && { walletAmount }), ...(purpose && { purpose }) },
    });
  };
  const fill: GuestMoney['fill'] = async (bank, code, amount) =>
    changeWallet(deskOf(bank), await customerOf(t, code), amount);
  return {
    open,
    fill,
    walletOf: async (bank, code) => {
      const { body } = await deskOf(bank).call('GET', `/customers/${await customerOf(t, code)}/wallet`);
      return { balance: body.balance as number, reserved: body.reserved as number };
    },
    askForDeposit: async ({ hotel }) => {
      await t.database.sql(
        `UPDATE properties SET payment_policy = 'DEPOSIT', deposit_policy = '{"type": "PERCENT", "value": 3000}' WHERE id = $1`,
        [hotel.propertyId],
      );
    },
    lapse: async (bank, clocks) => {
      const { code } = await authorize(t, bank.hotel, { captureWindowSeconds: HOUR_SECONDS });
      await clocks.pass(HOUR_SECONDS + 1);
      await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
      await fill(bank, code, 50_000);
      return code;
    },
    authorizeWithWallet: async (bank) => {
      // Somebody of their own, so that nothing else is in the wallet.
      const guest = { firstName: 'Aoife', lastName: 'Byrne', email: `${randomUUID()}@example.com` };
      const stay = stayBody({ guest, checkIn: daysAhead(30), checkOut: daysAhead(32) });
      const booked = await t.call('POST', `${bank.hotel.path}/bookings`, { body: stay });
      const code = booked.body.booking.code as string;
      await fill(bank, code, 5_000);
      await t.payOn((await open(bank, code, 5_000)).body.url as string);
      await t.reachesAtDesk(bank.hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
      return { code, intentId: (await findIntent(t, code)).id };
    },
  };
}
