import { call, guest, logIn, money, pay, plusDays, step, todayIn, until } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'ember-hibachi';
const publicPath = `/public/properties/${slug}`;

/** Books a hibachi party at the guest's address, priced per person, with a deposit now and the balance later. */
export async function walkParty(): Promise<void> {
  console.log('\nA party by Ember Hibachi at the guest\u2019s address');
  const from = plusDays(todayIn('America/Los_Angeles'), 14);
  const slots = await step(
    'free start times',
    200,
    call('GET', `${publicPath}/slots?service=HIBACHI&from=${from}&to=${plusDays(from, 13)}`),
    (body) => `${String(body.slots.length)} start times, the first ${String(body.slots[0].localStart)}`,
  );
  const evening = (slots.slots as Json[]).find(({ localStart }) => String(localStart).includes('T17:00'));
  if (evening === undefined)
    throw new Error('No evening is free within two weeks. To start over, run npm run db:reset -- --yes');
  const address = { line1: '12 Alder Court', city: 'Sacramento', postalCode: '95814', country: 'US' };
  const party = {
    kind: 'APPOINTMENT',
    service: 'HIBACHI',
    startsAt: evening.startsAt,
    adults: 12,
    children: 5,
    address,
  };
  await step('a price', 200, call('POST', `${publicPath}/quotes`, { body: party }), ({ price }) => {
    const lines = (price.lines as Json[]).map((line) => `${String(line.quantity)} × ${money(line.unitAmount, 'USD')}`);
    return `${lines.join(' + ')} + tax = ${money(price.totalPayable, 'USD')}, ${money(price.depositDue, 'USD')} now`;
  });
  const { booking, guestToken } = await step(
    'the guest books',
    201,
    call('POST', `${publicPath}/bookings`, { body: { ...party, guest } }),
    (body) => `${body.booking.code} ${body.booking.status}, ${body.booking.appointment.provider}`,
  );
  await pay(guestToken as string);
  await until('the deposit is paid', guestToken as string, 'CONFIRMED');

  const token = await logIn(`frontdesk@${slug}.example`);
  const path = `/staff/properties/${slug}/bookings/${String(booking.code)}`;
  await step('balance due', 200, call('GET', path, { token }), (body) => money(body.balanceDue, 'USD'));
  const balance = { method: 'ZELLE', amount: booking.price.balanceDue as number, reference: 'Z-2041' };
  await step(
    'staff record the balance, paid by Zelle',
    200,
    call('POST', `${path}/payments`, { token, body: balance }),
    (body) => {
      return `${body.paymentStage}, ${money(body.balanceDue, 'USD')} left`;
    },
  );
  await step('history of the booking', 200, call('GET', `${path}/history`, { token }), (body) =>
    (body.items as Json[]).map((event) => event.action).join(' → '),
  );
}
