import { call, guest, logIn, money, pay, plusDays, step, todayIn, until } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'ember-hibachi';
const publicPath = `/public/properties/${slug}`;

/** A chef and a grill come to the guest: priced by head, with a deposit now and the balance on the day. */
export async function walkParty(): Promise<void> {
  console.log('\nA party by Ember Hibachi, whose chefs come to you');
  const from = plusDays(todayIn('America/Los_Angeles'), 14);
  const slots = await step(
    'evenings with a free station',
    200,
    call('GET', `${publicPath}/slots?service=HIBACHI&from=${from}&to=${plusDays(from, 13)}`),
    (body) => `${String(body.slots.length)} starts, the first ${String(body.slots[0].localStart)}`,
  );
  const evening = (slots.slots as Json[]).find(({ localStart }) => String(localStart).includes('T17:00'));
  if (evening === undefined)
    throw new Error('No evening is free within a month; npm run db:reset -- --yes starts over');
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
  await step('what is still owed', 200, call('GET', path, { token }), (body) => money(body.balanceDue, 'USD'));
  const balance = { method: 'ZELLE', amount: booking.price.balanceDue as number, reference: 'Z-2041' };
  await step('the balance comes by Zelle', 200, call('POST', `${path}/payments`, { token, body: balance }), (body) => {
    return `${body.paymentStage}, ${money(body.balanceDue, 'USD')} left`;
  });
  await step('its history', 200, call('GET', `${path}/history`, { token }), (body) =>
    (body.items as Json[]).map((event) => event.action).join(' → '),
  );
}
