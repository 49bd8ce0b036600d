import type { Attack } from '../attack.ts';
import { countStatuses, daysAhead, makeGuest, send } from '../send.ts';

const SITE = '/api/v1/public/properties/monsoon-palace/bookings';

async function bookFrom(base: string, from: string, day: number): Promise<string> {
  const stay = { checkIn: daysAhead(day), checkOut: daysAhead(day + 1) };
  const { body } = await send(base + SITE, { from, body: { roomType: 'DELUXE', ...stay, guest: makeGuest() } });
  return typeof body['guestToken'] === 'string' ? body['guestToken'] : '';
}

/** Attacks by what anybody can have. */
export const CREDENTIAL_ATTACKS: readonly Attack[] = [
  {
    name: '480 moves by 8 tokens, one address',
    run: async (base) => {
      const from = '10.8.0.6';
      const days = Array.from({ length: 8 }, (_, index) => 40 + index * 10);
      const tokens = await Promise.all(days.map((day) => bookFrom(base, from, day)));
      const moves = Array.from({ length: 60 }, async (_, index) =>
        Promise.all(
          tokens.map((token, at) => {
            const checkIn = daysAhead((days[at] ?? 0) + 1 + (index % 8));
            const checkOut = daysAhead((days[at] ?? 0) + 2 + (index % 8));
            return send(`${base}/api/v1/guest/booking/reschedule`, { from, token, body: { checkIn, checkOut } });
          }),
        ),
      );
      return countStatuses((await Promise.all(moves)).flat());
    },
  },
  {
    name: '300 reads by one token, five forms',
    run: async (base) => {
      const from = '10.8.1.7';
      const token = await bookFrom(base, from, 130);
      const read = (_: unknown, index: number) =>
        send(`${base}/api/v1/guest/booking`, { from, token: token + '='.repeat(index % 5) });
      return countStatuses(await Promise.all(Array.from({ length: 300 }, read)));
    },
  },
];
