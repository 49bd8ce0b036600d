import { Agent, request } from 'node:http';
import path from 'node:path';
import { expect, TestRunner } from 'vitest';
import type { Answer, CallOptions, Method } from './server/app.ts';
import type { TestDatabase } from './database/database.ts';
import { SEED } from './tier/tier.ts';

/** As many connections as there are contenders: nobody waits behind another in the client. */
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });

/** One request over a real connection. */
export function send(url: string, method: Method, route: string, options: CallOptions = {}): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/api${route}`,
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

/** Sends a request until it is answered: a busy machine says 503, and nothing has happened. */
export async function insist(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503) return answer;
  }
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

/** Nights whose counter is not what bookings and held moves say, counted by a query of its own. */
export async function recountNights(
  database: TestDatabase,
  roomTypeId: string,
): Promise<{ night: string; counter: number; held: number }[]> {
  return database.sql(
    `WITH taken AS (
       SELECT s.booking_id, generate_series(s.check_in_on, s.check_out_on - 1, '1 day')::date AS night
       FROM stays s JOIN bookings b ON b.id = s.booking_id
       WHERE s.room_type_id = $1 AND b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE')
       UNION
       SELECT h.booking_id, unnest(h.kept_nights)
       FROM held_moves h JOIN stays s ON s.booking_id = h.booking_id WHERE s.room_type_id = $1
     )
     SELECT n.night::text, n.reserved AS counter, count(t.booking_id)::int AS held
     FROM inventory_nights n LEFT JOIN taken t ON t.night = n.night
     WHERE n.room_type_id = $1
     GROUP BY n.night, n.reserved
     HAVING n.reserved <> count(t.booking_id)`,
    [roomTypeId],
  );
}

/** How often each test has asked for numbers: each lap of a repeated test draws its own. */
const draws = new Map<string, number>();

/**
 * Draws numbers that depend on the run's seed, the file, the test and its lap only.
 *
 * Returns: `seed`, the run's, for messages; `TEST_SEED=<seed>` draws again what a failed run drew.
 */
export function seededRandom(): { seed: number; next: () => number; upTo: (n: number) => number } {
  const file = path.relative(process.cwd(), expect.getState().testPath ?? '');
  const place = `${file} ${TestRunner.getCurrentTest()?.name.replaceAll(/\d/g, '') ?? ''}`;
  const draw = draws.get(place) ?? 0;
  draws.set(place, draw + 1);
  let state = hash(`${String(SEED)} ${place} ${String(draw)}`);
  // mulberry32: small, and good enough to spread dates.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { seed: SEED, next, upTo: (n) => Math.floor(next() * n) };
}

/**
 * Draws in how many milliseconds a deadline is: within `raceMs`, the last twenty of them past already.
 *
 * Every eighth round has two seconds, so that also a busy machine meets some.
 */
export function drawDeadlineMs(round: number, raceMs: number, upTo: (n: number) => number): number {
  return round % 8 === 7 ? 2_000 : upTo(raceMs) - 20;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value;
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
