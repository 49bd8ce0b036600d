import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { addDays } from '../src/domain/time/calendar.ts';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, BENCH_WEBHOOK_SECRET, makePhone, randomAppointment, randomEvent, randomStay } from './stage.ts';

// Load generator for the server: raw HTTP over keep-alive connections, because an HTTP client would cost more CPU than
// the measured work.

const task = readTask();
const { hostname, port } = new URL(task.url);
const path = `/api/v1/public/properties/${BENCH_SLUG}`;

function formatRequest(): string {
  if (task.work === 'constant') return `GET / HTTP/1.1\r\nhost: bench\r\n\r\n`;
  if (task.work === 'search') {
    const { checkIn, checkOut } = randomStay(3).stay;
    return `GET ${path}/availability?checkIn=${checkIn}&checkOut=${checkOut} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  }
  if (task.work === 'slots') {
    // 10 providers and 30 days: as many different queries as for stays.
    const { service, provider, startsAt } = randomAppointment(10, 30);
    const [from, to] = [0, 6].map((days) => addDays(startsAt.slice(0, 10), days));
    return `GET ${path}/slots?service=${service}&provider=${provider}&from=${from ?? ''}&to=${to ?? ''} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  }
  if (task.work === 'webhook') return formatWebhook();
  const { roomType, stay } = randomStay();
  const input = task.work === 'book' ? { roomType, ...stay } : { kind: 'APPOINTMENT', ...randomAppointment() };
  const email = `guest${String(Math.floor(Math.random() * 1e9))}@example.com`;
  const body = JSON.stringify({
    ...input,
    guest: { firstName: 'Bench', lastName: 'Guest', email, phone: makePhone() },
  });
  return (
    `POST ${path}/bookings HTTP/1.1\r\nhost: bench\r\nidempotency-key: ${crypto.randomUUID()}\r\n` +
    `content-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`
  );
}

/** Formats a webhook request with Stripe's signature. */
function formatWebhook(): string {
  const body = JSON.stringify(randomEvent());
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', BENCH_WEBHOOK_SECRET).update(`${time}.${body}`).digest('hex');
  return (
    `POST /api/v1/webhooks/stripe HTTP/1.1\r\nhost: bench\r\nstripe-signature: t=${time},v1=${signature}\r\n` +
    `content-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`
  );
}

async function open(): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

/** Sends a request and waits for the complete response. */
function exchange(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const onData = (chunk: string) => {
      received += chunk;
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < headEnd + 4 + length) return;
      socket.off('data', onData);
      // 409: two workers sometimes choose the same half hour; a refusal is a valid response.
      if (/^HTTP\/1\.1 (20[01]|409)/.test(received)) resolve();
      else reject(new Error(received.slice(0, 2_000)));
    };
    socket.on('data', onData);
    socket.write(formatRequest());
  });
}

const sockets = await Promise.all(Array.from({ length: task.connections }, open));
const figures = await measure(task.connections, task.durationMs, (connection) =>
  exchange(sockets[connection] as Socket),
);
console.log(JSON.stringify(figures));
for (const socket of sockets) socket.destroy();
