import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, randomStay } from './stage.ts';

// Ours: whole requests over kept-alive connections, written and read by hand so that the load costs little beside what
// it measures.

const task = readTask();
const { hostname, port } = new URL(task.url);
const path = `/api/v1/public/properties/${BENCH_SLUG}`;

function spellRequest(): string {
  if (task.work === 'constant') return `GET / HTTP/1.1\r\nhost: bench\r\n\r\n`;
  const { roomType, stay } = randomStay(task.work === 'search' ? 3 : undefined);
  if (task.work === 'search') {
    return `GET ${path}/availability?checkIn=${stay.checkIn}&checkOut=${stay.checkOut} HTTP/1.1\r\nhost: bench\r\n\r\n`;
  }
  const email = `guest${String(Math.floor(Math.random() * 1e6))}@example.com`;
  const body = JSON.stringify({
    roomType,
    ...stay,
    guest: { firstName: 'Bench', lastName: 'Guest', email, phone: '+353 1 555 0100' },
  });
  return (
    `POST ${path}/bookings HTTP/1.1\r\nhost: bench\r\nidempotency-key: ${crypto.randomUUID()}\r\n` +
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
      if (/^HTTP\/1\.1 20[01]/.test(received)) resolve();
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
