import { findArrival } from './stays.ts';
import { call, guest, logIn, money, pay, plusDays, step, todayIn, until } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'monsoon-palace';
const CREDIT = 300_000;

/** A promo code, a wallet that pays a part, a refund to the wallet, and what the ledger has of it. */
export async function walkWallet(): Promise<void> {
  console.log('\nA promo code and a wallet at Monsoon Palace');
  const owner = await logIn(`owner@${slug}.example`);
  const desk = `/staff/properties/${slug}`;
  const rupees = (amount: number) => money(amount, 'INR');
  const checkIn = await findArrival(slug, 'DELUXE', plusDays(todayIn('Asia/Kolkata'), 10), 1);
  const body = { roomType: 'DELUXE', checkIn, checkOut: plusDays(checkIn, 2), promoCode: 'WELCOME10', guest };
  const { booking } = await step(
    'booked with WELCOME10',
    201,
    call('POST', `/public/properties/${slug}/bookings`, { body }),
    (answer) => {
      const { price, code } = answer.booking;
      return `${code}: ${rupees(price.baseAmount)} − ${rupees(price.promoDiscount)} + GST ${rupees(price.taxAmount)} = ${rupees(price.totalPayable)}`;
    },
  );
  const code = String(booking.code);
  const { items } = await step(
    'the guest is a customer',
    200,
    call('GET', `${desk}/customers?email=${guest.email}`, { token: owner }),
    (answer) => String(answer.items[0].id),
  );
  const wallet = `${desk}/customers/${String(items[0].id)}/wallet`;
  const credit = { amount: CREDIT, reason: 'Late room last time' };
  await step(
    'staff credit the wallet',
    200,
    call('POST', `${wallet}/credits`, { token: owner, body: credit, key: crypto.randomUUID() }),
    (answer) => `${rupees(answer.balance)} in it`,
  );
  const link = await step(
    'a link that may use it',
    200,
    call('POST', `${desk}/bookings/${code}/guest-link`, { token: owner, body: {} }),
    () => 'given to the guest',
  );
  const token = link.guestToken as string;
  await pay(token, { walletAmount: CREDIT });
  await until('wallet and card have paid', token, 'CONFIRMED');
  await step(
    'the wallet',
    200,
    call('GET', wallet, { token: owner }),
    (answer) => `${rupees(answer.balance)} left, ${rupees(answer.reserved)} reserved`,
  );
  await step(
    'what cancelling would give back',
    200,
    call('GET', '/guest/booking/cancellation-quote', { token }),
    (answer) => `${rupees(answer.refundAmount)}, fee ${rupees(answer.fee)}`,
  );
  await step(
    'cancelled, into the wallet',
    200,
    call('POST', '/guest/booking/cancel', { token, body: { refundTo: 'WALLET' } }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
  await step('the statement', 200, call('GET', `${desk}/bookings/${code}/statement`, { token: owner }), (answer) =>
    (answer.transfers as Json[])
      .map(({ from, to, amount }) => `${String(from)} → ${String(to)} ${rupees(amount)}`)
      .join(', '),
  );
}
