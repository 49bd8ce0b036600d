import type { Attack } from '../attack.ts';
import { countStatuses, daysAhead, makeGuest, send } from '../send.ts';
import type { Answer } from '../send.ts';

const countMade = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 201).length;

/** Books within the limits of one address, 25 a minute, from as many addresses of one network as it takes. */
const addressOf = (network: string, index: number) => `${network}.${String(1 + Math.floor(index / 25))}`;

/** Attacks that take places and pay nothing. */
export const HOLD_ATTACKS: readonly Attack[] = [
  {
    name: 'a hotel for 330 nights',
    run: async (base) => {
      const rooms = ['STANDARD', 'DELUXE', 'SUITE'].flatMap((code, at) =>
        Array.from({ length: [12, 6, 2][at] ?? 0 }, () => code),
      );
      const parts = rooms.flatMap((roomType) => Array.from({ length: 11 }, (_, part) => ({ roomType, part })));
      const answers: Answer[] = [];
      for (const [index, { roomType, part }] of parts.entries()) {
        const stay = { checkIn: daysAhead(2 + part * 30), checkOut: daysAhead(2 + (part + 1) * 30) };
        const body = { roomType, ...stay, guest: makeGuest() };
        const from = addressOf('10.1.1', index);
        answers.push(await send(`${base}/api/v1/public/properties/harbour-hotel/bookings`, { from, body }));
      }
      const nights = countMade(answers) * 30;
      return `${String(nights)} of ${String(rooms.length * 330)} room-nights: ${countStatuses(answers)}`;
    },
  },
  {
    name: 'one person books 12 rooms',
    run: async (base) => {
      const guest = makeGuest();
      const book = (_: unknown, index: number) => {
        const stay = { checkIn: daysAhead(340), checkOut: daysAhead(341) };
        const from = `10.2.${String(index)}.1`;
        const body = { roomType: 'STANDARD', ...stay, guest };
        return send(`${base}/api/v1/public/properties/monsoon-palace/bookings`, { from, body });
      };
      return countStatuses(await Promise.all(Array.from({ length: 12 }, book)));
    },
  },
  {
    name: '1,500 unpaid appointments',
    run: async (base) => {
      const hours = ['09:00', '10:15', '11:30', '12:45', '14:00', '15:15', '16:30'];
      const answers: Answer[] = [];
      for (let index = 0; index < 1_500; index += 1) {
        const startsAt = `${daysAhead(2 + Math.floor(index / hours.length))}T${hours[index % hours.length] ?? ''}`;
        const body = { kind: 'APPOINTMENT', service: 'FACIAL', provider: 'DANIELLE', startsAt, guest: makeGuest() };
        const from = addressOf('10.1.2', index);
        answers.push(await send(`${base}/api/v1/public/properties/glow-medspa/bookings`, { from, body }));
      }
      return countStatuses(answers);
    },
  },
];
