import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { daysAhead, guest } from '../../support/hotel/build.ts';
import { seededRandom, send } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: CRASHES, repeats } = trials('kills', { small: 3, middle: 10, full: 80 });

/** Somebody new each time: one person holds only a few unpaid bookings. */
const newGuest = () => ({ firstName: guest.firstName, lastName: guest.lastName, email: `${randomUUID()}@example.com` });

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-crash-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test(
  `killed ${String(CRASHES)} times under load: no acknowledged booking is lost, no night miscounted, the database comes back`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const acknowledged = new Map<string, string>();
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const server = await spawnServer({ DATA_DIR: dataDir });
      const crashAfter = acknowledged.size + 1 + upTo(30);
      const load = Array.from({ length: 16 }, async (_, client) => {
        for (let index = 0; ; index += 1) {
          const arrival = 10 + upTo(300);
          const body = {
            roomType: 'STANDARD',
            checkIn: daysAhead(arrival),
            checkOut: daysAhead(arrival + 1 + upTo(4)),
            guest: newGuest(),
          };
          const headers = { 'idempotency-key': `crash-${String(crash)}-client-${String(client)}-${String(index)}` };
          const answer = await send(server.url, 'POST', '/v1/public/properties/monsoon-palace/bookings', {
            body,
            headers,
          });
          if (answer.status === 201)
            acknowledged.set(answer.body.booking.code as string, answer.body.guestToken as string);
          // In the middle of everybody else's requests.
          if (acknowledged.size >= crashAfter) server.process.kill('SIGKILL');
        }
      });
      // Each client goes on until the connection breaks under it.
      await Promise.all(load.map((client) => client.catch(() => undefined)));
      await server.kill();
    }

    const server = await spawnServer({ DATA_DIR: dataDir });
    try {
      for (const [code, token] of acknowledged) {
        const { status, body } = await send(server.url, 'GET', '/v1/guest/booking', { token });
        expect({ status, code: body.code }, `seed ${String(seed)}`).toEqual({ status: 200, code });
      }
      const login = await send(server.url, 'POST', '/v1/auth/login', {
        body: { email: 'admin@holdfast.example', password: 'holdfast-demo' },
      });
      const report = await send(server.url, 'GET', '/v1/ops/invariants', { token: login.body.accessToken as string });
      expect(report.body.total, JSON.stringify(report.body)).toBe(0);
      expect(acknowledged.size).toBeGreaterThan(CRASHES);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  },
);
