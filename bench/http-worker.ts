import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { addDays } from '../src/domain/time/calendar.ts';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, BENCH_WEBHOOK_SECRET, randomAppointment, randomEvent, randomStay } from './stage.ts';

// Ours: whole requests over kept-alive connections, written and read by hand so that the load costs little beside what
// it measures.

const task = readTask();
const { hostname, port } = new URL(task.url);
const path = `/api/v1/public/properties/${BENCH_SLUG}`;

function spellRequest(): string {
  if (task.work === 'constant') return `GET / HTTP/1.1\r\nhost: bench\r\n\r\n`;
  if (task.work === 'search') {
    const { checkIn, checkOut } = randomStay(3).stay;
    return `GET ${path}/availability?checkIn=${checkIn}&checkOut=${checkOut} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  }
  if (task.work === 'slots') {
    // As many questions as there are for stays.
    const { service, provider, startsAt } = randomAppointment(10, 30);
    const [from, to] = [0, 6].map((days) => addDays(startsAt.slice(0, 10), days));
    return `GET ${path}/slots?service=${service}&provider=${provider}&from=${from ?? ''}&to=${to ?? ''} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  }
  if (task.work === 'webhook') return spellWebhook();
  const { roomType, stay } = randomStay();
  const wish = task.work === 'book' ? { roomType, ...stay } : { kind: 'APPOINTMENT', ...randomAppointment() };
  const email = `guest${String(Math.floor(Math.random() * 1e6))}@example.com`;
  const body = JSON.stringify({
    ...wish,
    guest: { firstName: 'Bench', lastName: 'Guest', email, phone: '+353 1 555 0100' },
  });
  return (
    `POST ${path}/bookings HTTP/1.1\r\nhost: bench\r\nidempotency-key: ${crypto.randomUUID()}\r\n` +
    `content-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`
  );
}

/** Signed as Stripe signs. */
function spellWebhook(): string {
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

/** Sends one request and resolves when its answer has come whole. */
function exchange(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    const read = (chunk: string) => {
      received += chunk;
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < headEnd + 4 + length) return;
      socket.off('data', read);
      // Now and then two want the same half hour; the refusal is an answer too.
      if (/^HTTP\/1\.1 (20[01]|409)/.test(received)) resolve();
      else reject(new Error(received.slice(0, 2_000)));
    };
    socket.on('data', read);
    socket.write(spellRequest());
  });
}

const sockets = await Promise.all(Array.from({ length: task.connections }, open));
const figures = await measure(task.connections, task.durationMs, (connection) =>
  exchange(sockets[connection] as Socket),
);
console.log(JSON.stringify(figures));
for (const socket of sockets) socket.destroy();
