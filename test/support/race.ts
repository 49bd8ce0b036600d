import { Agent, request } from 'node:http';
import type { Answer, CallOptions, Method } from './app.ts';
import type { TestDatabase } from './database.ts';

/** As many connections as there are contenders: nobody waits behind another in the client. */
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });

/** One request over a real connection. */
export function send(url: string, method: Method, path: string, options: CallOptions = {}): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/api${path}`,
      {
        method,
        agent,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...(options.token && { authorization: `Bearer ${options.token}` }),
          ...options.headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: text === '' ? null : JSON.parse(text),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** How many answers had which status. */
export function countStatuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Deadlocks Postgres had to break in this database since it was made. */
export async function countDeadlocks(database: TestDatabase): Promise<number> {
  // Sessions report what they counted now and then; this asks for the present figure.
  await database.sql('SELECT pg_stat_clear_snapshot()');
  const [row] = await database.sql<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row?.deadlocks);
}

/** Looks until somebody in this database waits for a lock of somebody else. */
export async function untilSomebodyWaitsForALock(database: TestDatabase): Promise<void> {
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await database.sql(waiting)).length === 0);
}

/** Nights whose counter is not what the bookings say, counted by a query of its own. */
export async function recountNights(
  database: TestDatabase,
  roomTypeId: string,
): Promise<{ night: string; counter: number; held: number }[]> {
  return database.sql(
    `SELECT n.night::text, n.reserved AS counter, count(b.id)::int AS held
     FROM inventory_nights n
     LEFT JOIN stays s ON s.room_type_id = n.room_type_id AND n.night >= s.check_in_on AND n.night < s.check_out_on
     LEFT JOIN bookings b ON b.id = s.booking_id AND b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE')
     WHERE n.room_type_id = $1
     GROUP BY n.night, n.reserved
     HAVING n.reserved <> count(b.id)`,
    [roomTypeId],
  );
}

/** A source of numbers that can be played again from the seed it prints when a test fails. */
export function seededRandom(seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))): {
  seed: number;
  next: () => number;
  upTo: (n: number) => number;
} {
  let state = seed;
  // mulberry32: small, and good enough to spread dates.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { seed, next, upTo: (n) => Math.floor(next() * n) };
}

/** Plays so many rounds, a few side by side: most of a round is waiting for others. */
export async function playRounds(
  rounds: number,
  play: (round: number) => Promise<void>,
  sideBySide = 4,
): Promise<void> {
  let next = 0;
  const playOn = async (): Promise<void> => {
    for (let round = next++; round < rounds; round = next++) await play(round);
  };
  await Promise.all(Array.from({ length: sideBySide }, playOn));
}
