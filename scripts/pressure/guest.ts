import { daysAhead, makeGuest, send } from './send.ts';

// An ordinary guest: searches, reads free hours, and books now and then, until the standard input ends. Prints what
// the guest met as JSON.

const BETWEEN_MS = 100;
/** Each tenth request books. */
const BOOKING = 10;

const base = process.argv[2] ?? '';
const site = `${base}/api/v1/public/properties`;
const durations: number[] = [];
const hasEnded = { value: false };
let refused = 0;
process.stdin.on('end', () => (hasEnded.value = true)).resume();

/** A guest is one of many: each request comes from another network. */
const addressOf = (index: number) => `100.${String(64 + (process.pid % 60))}.${String(index % 250)}.1`;

async function act(index: number): Promise<number> {
  const from = addressOf(index);
  const day = 20 + (index % 300);
  const stay = { checkIn: daysAhead(day), checkOut: daysAhead(day + 1) };
  if (index % BOOKING === 0) {
    const body = { roomType: 'STANDARD', ...stay, guest: makeGuest() };
    return (await send(`${site}/monsoon-palace/bookings`, { from, body })).status;
  }
  const query =
    index % 2 === 0
      ? `monsoon-palace/availability?checkIn=${stay.checkIn}&checkOut=${stay.checkOut}&adults=2`
      : `glow-medspa/slots?service=FACIAL&from=${stay.checkIn}&to=${stay.checkIn}`;
  return (await send(`${site}/${query}`, { from })).status;
}

for (let index = 1; !hasEnded.value; index += 1) {
  const startedAt = performance.now();
  const status = await act(index);
  durations.push(performance.now() - startedAt);
  if (status === 0 || status === 429 || status >= 500) refused += 1;
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
}
durations.sort((a, b) => a - b);
const p95 = Math.round(durations[Math.floor(durations.length * 0.95)] ?? 0);
process.stdout.write(JSON.stringify({ p95, requests: durations.length, refused }));
