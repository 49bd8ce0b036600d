import { findArrival } from './stays.ts';
import { call, guest, plusDays, todayIn } from './tour.ts';
import type { Json } from './tour.ts';

/** Twenty want the last two: two get them. */
export async function race(): Promise<void> {
  console.log('\nTwenty guests want the last two suites of Harbour Hotel at the same moment');
  const slug = 'harbour-hotel';
  const start = plusDays(todayIn('Europe/Dublin'), 30 + Math.floor(Math.random() * 200));
  const checkIn = await findArrival(slug, 'SUITE', start, 2);
  const body = { roomType: 'SUITE', checkIn, checkOut: plusDays(checkIn, 2) };
  const contenders = Array.from({ length: 20 }, (_, index) => ({
    ...guest,
    email: `guest${String(index)}@example.com`,
  }));
  const answers = await Promise.all(
    contenders.map((contender) =>
      call('POST', `/public/properties/${slug}/bookings`, { body: { ...body, guest: contender } }),
    ),
  );
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  const loser = answers.find((answer) => answer.status === 409);
  console.log(
    `  ${String(count(201))} booked, ${String(count(409))} told that it is sold out, ${String(20 - count(201) - count(409))} anything else`,
  );
  if (loser) {
    const { alternatives } = loser.body as { alternatives: Json[] };
    console.log(
      `  a loser is offered: ${alternatives.map((other) => `${other.roomType} ${other.checkIn}`).join(', ')}`,
    );
  }
  if (count(201) !== 2 || count(409) !== 18) throw new Error('The race did not end with two bookings');
}
