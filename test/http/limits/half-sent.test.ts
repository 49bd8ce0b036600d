import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
let port: number;
beforeAll(async () => {
  t = await startTestApp();
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = t.app.server.address() as AddressInfo);
});
afterAll(() => t.close());

/** More than a process serves at once. */
const HALF_SENT = 1_100;

async function sendHalf(path: string, headers: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}content-length: 100\r\n\r\n{`,
  );
  return socket;
}

test.each([
  ['bookings', '/api/v1/public/properties/harbour-hotel/bookings', ''],
  ['signed webhooks', '/api/v1/webhooks/stripe', 'stripe-signature: t=1,v1=00\r\n'],
  ['a path that leads nowhere', '/api/v1/nowhere', ''],
])('%s half-sent by the thousand keep nobody out', async (_what, path, headers) => {
  const sockets = await Promise.all(Array.from({ length: HALF_SENT }, () => sendHalf(path, headers)));
  try {
    const read = await fetch(`http://127.0.0.1:${String(port)}/api/v1/public/properties/harbour-hotel`);
    expect(read.status).toBe(200);
    const write = await fetch(`http://127.0.0.1:${String(port)}/api/v1/public/properties/harbour-hotel/quotes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(write.status).toBe(400);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('webhooks without a signature are refused before their body is there', async () => {
  const socket = await sendHalf('/api/v1/webhooks/stripe', '');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 400 /);
  socket.destroy();
});
