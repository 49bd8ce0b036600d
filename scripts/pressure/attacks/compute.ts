import type { Attack } from '../attack.ts';
import { countStatuses, daysAhead, send } from '../send.ts';

const ADDRESSES = 3;
/** Reads of one address in a minute. */
const READS = 300;
/** Reads of one address under way at a time. */
const AT_ONCE = 10;

/** Reads one range after the other from three addresses, each another one, so that no cache knows it. */
async function readRanges(network: string, urlOf: (from: string, to: string) => string, days: number): Promise<string> {
  const readers = Array.from({ length: ADDRESSES * AT_ONCE }, async (_, reader) => {
    const answers = [];
    for (let index = 0; index < READS / AT_ONCE; index += 1) {
      const start = 2 + ((index * ADDRESSES * AT_ONCE + reader) % 150);
      const url = urlOf(daysAhead(start), daysAhead(start + days - 1));
      answers.push(await send(url, { from: `${network}.${String(reader % ADDRESSES)}.9` }));
    }
    return answers;
  });
  return countStatuses((await Promise.all(readers)).flat());
}

/** Attacks by what is dear to compute. */
export const COMPUTE_ATTACKS: readonly Attack[] = [
  {
    name: '370 days of a service, 3 addresses',
    run: (base) =>
      readRanges(
        '10.71',
        (from, to) => {
          return `${base}/api/v1/public/properties/ember-hibachi/booked-dates?service=HIBACHI&from=${from}&to=${to}`;
        },
        370,
      ),
  },
  {
    name: '370 days on the old path',
    run: (base) => readRanges('10.72', (from, to) => `${base}/api/v1/bookings/booked-dates?from=${from}&to=${to}`, 370),
  },
  {
    name: '62 days of a service, 3 addresses',
    run: (base) =>
      readRanges(
        '10.73',
        (from, to) => {
          return `${base}/api/v1/public/properties/ember-hibachi/booked-dates?service=HIBACHI&from=${from}&to=${to}`;
        },
        62,
      ),
  },
];
