import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { drain } from '../../../src/db/drain.ts';
import { operationQueue } from '../../../src/services/money/gateway/run-operation.ts';
import { webhookQueue } from '../../../src/services/money/gateway/webhook/process-webhook.ts';
import { startStripeSandbox } from '../../../src/sandbox/stripe/start-stripe-sandbox.ts';
import { startTestApp } from '../server/app.ts';
import type { Answer, TestApp } from '../server/app.ts';
import { buildHotel } from '../hotel/build.ts';
import type { TestHotel } from '../hotel/build.ts';

export interface PaidHotel extends TestHotel {
  /** The staff's path of its bookings. */
  readonly desk: string;
  readonly ownerToken: string;
}

export const WEBHOOK_SECRET = 'whsec_test';

/** How long a webhook may take before a test gives up on it. */
const WAIT_MS = 15_000;

export interface PayingApp extends TestApp {
  readonly sandboxUrl: string;
  /** Calls the sandbox's own controls. */

  control(method: string, path: string, body?: object): Promise<any>;
  /** What a person does on the checkout page behind this address. */
  payOn(url: string, card?: 'ok' | 'declined'): Promise<void>;
  /** Runs the queues until nothing is due: what the drains of a server do by themselves. */
  settle(): Promise<void>;
  /** A hotel that wants to be paid first, where `owner@harbour-hotel.example` is the owner. */
  hotelOf(approval: 'STAFF' | 'AUTOMATIC', rooms?: number): Promise<PaidHotel>;
  /** Waits, while webhooks come and queues are run, until the guest sees this. */
  reaches(guestToken: string, expected: object): Promise<void>;
  /** The same for what staff see. */
  reachesAtDesk(hotel: PaidHotel, code: string, expected: object): Promise<void>;
  /** Waits until so many events about the booking have come, without processing them. */
  reachesWebhooks(code: string, count: number): Promise<void>;
  /** Books, and opens the page to pay on. */
  bookAndOpen(path: string, body: object): Promise<{ code: string; guestToken: string; url: string; created: Answer }>;
}

/** The whole application with a Stripe sandbox of its own that sends its webhooks to it. */
export async function startPayingApp(variables: Record<string, string> = {}): Promise<PayingApp> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-sandbox-'));
  const sandbox = await startStripeSandbox({ port: 0, dataDir });
  const t = await startTestApp({ STRIPE_API_BASE: sandbox.url, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, ...variables });
  const url = await t.app.listen({ port: 0, host: '127.0.0.1' });
  const control: PayingApp['control'] = async (method, at, body) => {
    const answer = await fetch(`${sandbox.url}/_sandbox${at}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${at}: ${String(answer.status)} ${await answer.text()}`);
    return answer.json();
  };
  await control('POST', '/webhook', { url: `${url}/api/v1/webhooks/stripe`, secret: WEBHOOK_SECRET });
  const settle = async () => {
    while ((await drain(t.ctx, webhookQueue)) + (await drain(t.ctx, operationQueue)) > 0);
  };
  const waitFor = async (look: () => Promise<Answer>, expected: object) => {
    await vi.waitFor(async () => {
      await settle();
      expect((await look()).body).toMatchObject(expected);
    }, WAIT_MS);
  };
  return {
    ...t,
    sandboxUrl: sandbox.url,
    control,
    payOn: async (page, card = 'ok') => {
      await control('POST', `/checkout/${sessionIdOf(page)}/pay`, { card });
    },
    settle,
    hotelOf: async (approval, rooms = 5) => {
      const hotel = await buildHotel(t.ctx, { rooms, property: { approval, paymentPolicy: 'FULL' } });
      const email = 'owner@harbour-hotel.example';
      const { id: userId } = await t.ctx.db.user.findUniqueOrThrow({ where: { email } });
      await t.ctx.db.membership.create({ data: { userId, propertyId: hotel.propertyId, role: 'OWNER' } });
      return { ...hotel, desk: `/v1/staff/properties/${hotel.slug}/bookings`, ownerToken: await t.tokenFor(email) };
    },
    reaches: (token, expected) => waitFor(() => t.call('GET', '/v1/guest/booking', { token }), expected),
    reachesAtDesk: ({ desk, ownerToken: token }, code, expected) =>
      waitFor(() => t.call('GET', `${desk}/${code}`, { token }), expected),
    reachesWebhooks: async (code, count) => {
      await vi.waitFor(async () => {
        const rows = await t.database.sql(
          'SELECT 1 FROM webhook_events w JOIN bookings b ON b.id = w.booking_id WHERE b.code = $1',
          [code],
        );
        expect(rows.length).toBeGreaterThanOrEqual(count);
      }, WAIT_MS);
    },
    bookAndOpen: async (at, body) => {
      const created = await t.call('POST', `${at}/bookings`, { body });
      const guestToken = created.body.guestToken as string;
      const session = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
      if (session.status !== 200) throw new Error(JSON.stringify(session.body));
      return { code: created.body.booking.code as string, guestToken, url: session.body.url as string, created };
    },
    close: async () => {
      await t.close();
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function sessionIdOf(page: string): string {
  const id = /cs_\w+/.exec(page)?.[0];
  if (id === undefined) throw new Error(`No session in ${page}`);
  return id;
}
