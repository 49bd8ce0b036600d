import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/db/connection/embedded.ts';
import { daysAhead, guest } from '../../support/hotel/build.ts';
import { seededRandom, send } from '../../support/race.ts';
import { makeDataDir } from '../../support/sandbox/stripe-sandbox.ts';
import { spawnServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: STOPS, repeats } = trials('postgres', { small: 3, middle: 5, full: 100, lap: 25 });
const CLIENTS = 16;

/** Stops Postgres as a power cut would: nothing is flushed, no session is told, the next start recovers from the log. */
async function stopHard(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  const isThere = () =>
    readFile(file).then(
      () => true,
      () => false,
    );
  const [pid] = (await readFile(file, 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGQUIT');
  while (await isThere());
}

async function findFreePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return String(port);
}

test(
  `Postgres stopped hard ${String(STOPS)} times under load: each request is booked once, none that was acknowledged is lost`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const dataDir = await makeDataDir();
    const settings = { port: await findFreePort() };
    let postgres = startEmbeddedPostgres({ dataDir, settings });
    const { url: databaseUrl } = await postgres;
    const server = await spawnServer({ DATABASE_URL: databaseUrl, DEMO_DATA: 'true' });
    const acknowledged = new Map<string, string>();
    const counted = new Map<number, () => void>();
    const untilAcknowledged = (count: number) => new Promise<void>((resolve) => counted.set(count, resolve));
    let isOver = false;

    /** Sends a request, again after every failure, until it is acknowledged. */
    const book = async (): Promise<void> => {
      const key = randomUUID();
      const arrival = 10 + upTo(300);
      const stay = { checkIn: daysAhead(arrival), checkOut: daysAhead(arrival + 1 + upTo(4)) };
      // Somebody new each time: one person holds only a few unpaid bookings.
      const { firstName, lastName } = guest;
      const body = { roomType: 'STANDARD', ...stay, guest: { firstName, lastName, email: `${key}@example.com` } };
      for (;;) {
        const headers = { 'idempotency-key': key };
        const route = '/v1/public/properties/monsoon-palace/bookings';
        const { status, body: answer } = await send(server.url, 'POST', route, { body, headers });
        if (status === 409 && answer.code === 'sold_out') return;
        if (status !== 201) {
          expect([409, 503], JSON.stringify(answer)).toContain(status);
          await postgres;
          continue;
        }
        acknowledged.set(key, answer.booking.code as string);
        counted.get(acknowledged.size)?.();
        return;
      }
    };
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) await book();
    });

    try {
      for (let stop = 0; stop < STOPS; stop += 1) {
        await Promise.race([untilAcknowledged(acknowledged.size + 1 + upTo(40)), ...clients]);
        const before = await postgres;
        postgres = stopHard(dataDir).then(async () => {
          await before.stop();
          return startEmbeddedPostgres({ dataDir, settings });
        });
        await postgres;
      }
      await Promise.race([untilAcknowledged(acknowledged.size + CLIENTS), ...clients]);
      isOver = true;
      await Promise.all(clients);
      const database = new pg.Client({ connectionString: databaseUrl });
      await database.connect();
      const { rows } = await database.query<{ code: string }>(
        `SELECT b.code FROM bookings b JOIN properties p ON p.id = b.property_id
         WHERE p.slug = 'monsoon-palace' AND b.created_at >= now() - interval '1 day' ORDER BY b.code`,
      );
      await database.end();
      expect(
        rows.map(({ code }) => code),
        `seed ${String(seed)}`,
      ).toEqual([...acknowledged.values()].sort());
      const login = await send(server.url, 'POST', '/v1/auth/login', {
        body: { email: 'admin@holdfast.example', password: 'holdfast-demo' },
      });
      const report = await send(server.url, 'GET', '/v1/ops/invariants', { token: login.body.accessToken as string });
      expect(report.body.total, JSON.stringify(report.body)).toBe(0);
    } finally {
      expect(await server.stop()).toBe(0);
      await (await postgres).stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
