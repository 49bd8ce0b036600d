import { findArrival } from './stays.ts';
import { call, guest, plusDays, todayIn } from './tour.ts';
import type { Json } from './tour.ts';

/** Books the last two suites for twenty guests at the same time; exactly two bookings must succeed. */
export async function race(): Promise<void> {
  console.log('\nTwenty guests book the last two suites of Harbour Hotel at the same time');
  const slug = 'harbour-hotel';
  const start = plusDays(todayIn('Europe/Dublin'), 30 + Math.floor(Math.random() * 200));
  const checkIn = await findArrival(slug, 'SUITE', start, 2);
  const body = { roomType: 'SUITE', checkIn, checkOut: plusDays(checkIn, 2) };
  const guests = Array.from({ length: 20 }, (_, index) => ({
    ...guest,
    email: `guest${String(index)}@example.com`,
    phone: `+353 1 ${String(Date.now() % 1e6)}${String(index)}`,
  }));
  const responses = await Promise.all(
    guests.map((contender) =>
      call('POST', `/public/properties/${slug}/bookings`, { body: { ...body, guest: contender } }),
    ),
  );
  const count = (status: number) => responses.filter((response) => response.status === status).length;
  const refused = responses.find((response) => response.status === 409);
  console.log(
    `  ${String(count(201))} booked, ${String(count(409))} refused as sold out, ${String(20 - count(201) - count(409))} other responses`,
  );
  if (refused) {
    const { alternatives } = refused.body as { alternatives: Json[] };
    console.log(
      `  alternatives for a refused guest: ${alternatives.map(({ roomType, checkIn: from }) => `${roomType} ${from}`).join(', ')}`,
    );
  }
  if (count(201) !== 2 || count(409) !== 18) throw new Error('Expected 2 bookings and 18 refusals');
}
