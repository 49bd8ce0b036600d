import { findArrival } from './stays.ts';
import { call, guest, logIn, money, pay, plusDays, step, todayIn, until } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'monsoon-palace';
const CREDIT = 300_000;

/** Runs a booking with a promo code and a wallet part, then a refund to the wallet. */
export async function walkWallet(): Promise<void> {
  console.log('\nA promo code and a wallet at Monsoon Palace');
  const owner = await logIn(`owner@${slug}.example`);
  const staffPath = `/staff/properties/${slug}`;
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
    'the customer of the booking',
    200,
    call('GET', `${staffPath}/customers?email=${guest.email}`, { token: owner }),
    (answer) => String(answer.items[0].id),
  );
  const wallet = `${staffPath}/customers/${String(items[0].id)}/wallet`;
  const credit = { amount: CREDIT, reason: 'Late room last time' };
  await step(
    'staff credit the wallet',
    200,
    call('POST', `${wallet}/credits`, { token: owner, body: credit, key: crypto.randomUUID() }),
    (answer) => `${rupees(answer.balance)} balance`,
  );
  const link = await step(
    'a guest link that may use the wallet',
    200,
    call('POST', `${staffPath}/bookings/${code}/guest-link`, { token: owner, body: {} }),
    () => 'sent to the guest',
  );
  const token = link.guestToken as string;
  await pay(token, { walletAmount: CREDIT });
  await until('paid by wallet and card', token, 'CONFIRMED');
  await step(
    'the wallet',
    200,
    call('GET', wallet, { token: owner }),
    (answer) => `${rupees(answer.balance)} left, ${rupees(answer.reserved)} reserved`,
  );
  await step(
    'cancellation quote',
    200,
    call('GET', '/guest/booking/cancellation-quote', { token }),
    (answer) => `refund ${rupees(answer.refundAmount)}, fee ${rupees(answer.fee)}`,
  );
  await step(
    'cancelled, refunded to the wallet',
    200,
    call('POST', '/guest/booking/cancel', { token, body: { refundTo: 'WALLET' } }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
  await step(
    'ledger statement',
    200,
    call('GET', `${staffPath}/bookings/${code}/statement`, { token: owner }),
    (answer) =>
      (answer.transfers as Json[])
        .map(({ from, to, amount }) => `${String(from)} → ${String(to)} ${rupees(amount)}`)
        .join(', '),
  );
}
