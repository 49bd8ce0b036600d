import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findViolations } from '../../support/database/invariants.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import type { TestHotel } from '../../support/hotel/build.ts';
import { recountNights, seededRandom, send } from '../../support/race.ts';
import { sessionIdOf, WEBHOOK_SECRET } from '../../support/sandbox/sandbox.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { connectSandbox, makeDataDir, spawnSandbox } from '../../support/sandbox/stripe-sandbox.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: CRASHES } = trials('kills', { small: 4, middle: 20, full: 60, lap: 60 });
const CLIENTS = 4;

let t: TestApp;
let hotel: TestHotel;

beforeAll(async () => {
  t = await startTestApp();
  hotel = await buildHotel(t.ctx, { rooms: 5 });
});
afterAll(() => t.close());

interface Intent {
  readonly id: string;
  readonly status: string;
  readonly metadata: { readonly payment_id?: string };
}

test(`server and sandbox killed ${String(CRASHES)} times at random points: every booking and every payment reaches its right end`, async () => {
  const { seed, upTo } = seededRandom();
  const dataDir = await makeDataDir();
  let sandbox = await spawnSandbox(dataDir);
  const { port } = new URL(sandbox.url);
  const variables = {
    DATABASE_URL: t.database.url,
    STRIPE_API_BASE: sandbox.url,
    STRIPE_SECRET_KEY: 'sk_test_crash',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  };
  const startServer = async (): Promise<TestServer> => {
    const started = await spawnServer(variables);
    await connectSandbox(sandbox.url).control('POST webhook', {
      url: `${started.url}/api/v1/webhooks/stripe`,
      secret: WEBHOOK_SECRET,
    });
    return started;
  };
  let server = Promise.resolve(await startServer());
  // Whoever finds none waits for the next: asking without end, nobody would answer, and it would start more slowly.
  const addressOfServer = async () => (await server).url;

  let isOver = false;
  let steps = 0;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!isOver) {
      // What fails while something is down is what a guest would see too; the next guest comes.
      await liveOnce(addressOfServer, sandbox.url, upTo).catch(() => undefined);
      steps += 1;
    }
  });
  try {
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const goal = steps + 1 + upTo(6);
      await vi.waitFor(
        () => {
          expect(steps).toBeGreaterThanOrEqual(goal);
        },
        { timeout: 30_000, interval: 5 },
      );
      if (crash % 2 === 0) {
        const killed = await server;
        server = killed.kill().then(startServer);
        await server;
      } else {
        await sandbox.kill();
        sandbox = await spawnSandbox(dataDir, '--port', port);
      }
    }
  } finally {
    isOver = true;
    await Promise.all(clients);
  }

  const control = connectSandbox(sandbox.url).control;
  await vi.waitFor(
    async () => {
      const open = await t.database.sql(
        `SELECT id::text FROM gateway_operations WHERE state IN ('PENDING', 'UNKNOWN')
       UNION ALL SELECT event_id FROM webhook_events WHERE state = 'RECEIVED'`,
      );
      expect(open).toEqual([]);
      const { events } = (await control('GET state')) as { events: { delivery?: { state?: string } }[] };
      expect(events.length).toBeGreaterThan(0);
      const { payment_intents: intents } = (await control('GET state')) as { payment_intents: Intent[] };
      const rows = await t.database.sql<{ id: string; stage: string; status: string }>(
        'SELECT p.id, p.stage, b.status FROM payments p JOIN bookings b ON b.id = p.booking_id',
      );
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const { status, metadata } of intents) {
        const payment = byId.get(metadata.payment_id ?? '');
        expect(payment).toBeDefined();
        if (status === 'succeeded') expect(['CAPTURED', 'REFUNDED']).toContain(payment?.stage);
        if (status === 'canceled') expect(['VOIDED', 'FAILED']).toContain(payment?.stage);
        expect(status).not.toBe('requires_capture');
        if (payment?.stage === 'CAPTURED') expect(payment.status).toBe('CONFIRMED');
        if (payment?.stage === 'REFUNDED') expect(payment.status).toBe('CANCELLED');
      }
      expect(intents.length).toBeGreaterThan(CRASHES / 2);
    },
    { timeout: 60_000, interval: 500 },
  );
  expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
  const broken = await findViolations(t.ctx);
  expect(broken, `seed ${String(seed)}`).toEqual([]);
  expect(await (await server).stop()).toBe(0);
  await sandbox.kill();
  await rm(dataDir, { recursive: true });
});

/** One guest: books, opens the page, pays, and sometimes cancels. */
async function liveOnce(
  serverUrl: () => Promise<string>,
  sandboxUrl: string,
  upTo: (n: number) => number,
): Promise<void> {
  const arrival = 20 + upTo(300);
  const body = stayBody({ checkIn: daysAhead(arrival), checkOut: daysAhead(arrival + 1) });
  const booked = await send(await serverUrl(), 'POST', `${hotel.path}/bookings`, { body });
  const token = booked.body.guestToken as string;
  const session = await send(await serverUrl(), 'POST', '/v1/guest/booking/payment-session', { token, body: {} });
  if (session.status !== 200) return;
  await connectSandbox(sandboxUrl).control(`POST checkout/${sessionIdOf(session.body.url as string)}/pay`, {
    card: 'ok',
  });
  if (upTo(3) === 0) await send(await serverUrl(), 'POST', '/v1/guest/booking/cancel', { token, body: {} });
}
