import { request } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Attack } from '../attack.ts';
import { countStatuses, daysAhead, makeGuest, send } from '../send.ts';
import type { Answer } from '../send.ts';

const HALF_SENT = 1_000;
const HELD_MS = 8_000;

/** Sends the head of a request and never its body. */
function sendHalf(base: string): Socket {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  socket.write(
    'POST /api/v1/public/properties/harbour-hotel/quotes HTTP/1.1\r\nHost: holdfast\r\n' +
      `X-Forwarded-For: 10.3.0.${String(Math.floor(Math.random() * 250))}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  return socket;
}

/** Books by a raw target that ends in `#/quotes`, which `fetch` would not send. */
function bookAsQuote(base: string): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const stay = { checkIn: daysAhead(200), checkOut: daysAhead(201) };
  return new Promise((resolve) => {
    const sent = request({
      hostname,
      port,
      method: 'POST',
      path: '/api/v1/public/properties/monsoon-palace/bookings#/quotes',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '10.3.3.1' },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, body: {} });
    });
    sent.on('error', () => {
      resolve({ status: 0, body: {} });
    });
    sent.end(JSON.stringify({ roomType: 'STANDARD', ...stay, guest: makeGuest() }));
  });
}

/** Attacks by mere numbers. */
export const FLOOD_ATTACKS: readonly Attack[] = [
  {
    name: '1,000 half-sent requests',
    run: async (base) => {
      const sockets = Array.from({ length: HALF_SENT }, () => sendHalf(base));
      await new Promise((resolve) => setTimeout(resolve, HELD_MS));
      const open = sockets.filter(({ readyState }) => readyState === 'open').length;
      for (const socket of sockets) socket.destroy();
      return `${String(open)} connections held`;
    },
  },
  {
    name: '500 unsigned webhooks',
    run: async (base) => {
      const from = '10.3.1.1';
      const body = { id: 'evt_forged', object: 'event' };
      const forge = () => send(`${base}/api/v1/webhooks/stripe`, { from, body });
      return countStatuses(await Promise.all(Array.from({ length: 500 }, forge)));
    },
  },
  {
    name: '60 bookings as `#/quotes`',
    run: async (base) => countStatuses(await Promise.all(Array.from({ length: 60 }, () => bookAsQuote(base)))),
  },
  {
    name: '500 unknown paths',
    run: async (base) => {
      const ask = (_: unknown, index: number) => send(`${base}/api/v0/${String(index)}`, { from: '10.3.2.1' });
      return countStatuses(await Promise.all(Array.from({ length: 500 }, ask)));
    },
  },
];
