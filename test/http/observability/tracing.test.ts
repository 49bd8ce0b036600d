import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openCollector } from '../../support/http/collector.ts';
import type { Collector, ReceivedSpan } from '../../support/http/collector.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { send } from '../../support/race.ts';
import { findFreePort } from '../../support/server/redis.ts';
import { spawnServer } from '../../support/server/server.ts';

const HOTEL = '/v1/public/properties/monsoon-palace';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const LATE_TRACE = '2af7651916cd43dd8448eb211c80319c';
const UNSAMPLED = '1bf7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

let database: TestDatabase;
let collector: Collector;
let secrets: string[];
let requestId: unknown;

/** A guest books, asks for a page to pay on, which nobody makes, and gives up; others go wrong. Then the server stops. */
beforeAll(async () => {
  database = await cloneDatabase();
  collector = await openCollector();
  const server = await spawnServer({
    DATABASE_URL: database.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_SERVICE_NAME: 'front-desk',
    RUN_JOBS: 'false',
  });
  const guest = {
    firstName: 'CanaryFirst',
    lastName: 'CanaryLast',
    email: 'canary@guest.example',
    phone: '+353 86 555 0177',
  };
  const body = { roomType: 'DELUXE', checkIn: daysAhead(30), checkOut: daysAhead(31), guest };
  const traced = { traceparent: `00-${TRACE}-${PARENT}-01` };
  const booked = await send(server.url, 'POST', `${HOTEL}/bookings?from=canary-query`, { body, headers: traced });
  expect(booked.status).toBe(201);
  requestId = booked.headers['x-request-id'];
  const token = booked.body.guestToken as string;
  const code = booked.body.booking.code as string;
  const page = await send(server.url, 'POST', `${HOTEL}/bookings/${code}/payment-session`, { token, body: {} });
  expect(page.status).toBe(502);
  await send(server.url, 'POST', '/v1/guest/booking/cancel', { token, body: { reason: 'CanaryReason' } });
  await send(server.url, 'POST', `${HOTEL}/bookings`, { body: { ...body, checkIn: 'CanaryDate' } });
  await sendLate(`${server.url}/api${HOTEL}/bookings`, JSON.stringify(body), `00-${LATE_TRACE}-${PARENT}-01`);
  const wrong = { email: 'canary@staff.example', password: 'CanaryPassword' };
  await send(server.url, 'POST', '/v1/auth/login', { body: wrong, headers: { traceparent: 'CanaryTrace' } });
  await send(server.url, 'GET', '/v1/canary-path?canary-query');
  await send(server.url, 'GET', HOTEL, { headers: { traceparent: `00-${UNSAMPLED}-${PARENT}-00` } });
  expect(await server.stop()).toBe(0);
  secrets = [...Object.values(guest), token, code, 'anary', '5550177'];
});
/** Sends the body only once the server has read the rest of the request. */
async function sendLate(url: string, body: string, traceparent: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), traceparent };
  const outgoing = request(url, { method: 'POST', headers: { ...headers, expect: '100-continue' } });
  outgoing.on('continue', () => outgoing.end(body));
  outgoing.flushHeaders();
  const [answer] = await once(outgoing, 'response');
  expect(answer.statusCode).toBe(201);
  answer.resume();
  await once(answer, 'end');
}

afterAll(async () => {
  await collector.close();
  await database.drop();
});

const find = (name: string): ReceivedSpan => {
  const span = collector.spans.find((each) => each.name === name);
  if (span === undefined) throw new Error(`No span ${name} among ${collector.spans.map((each) => each.name).join()}`);
  return span;
};

const BOOKING = 'POST /api/v1/public/properties/:slug/bookings';

test('an address of a collector that is none is refused', () => {
  for (const endpoint of ['127.0.0.1:4318', 'grpc://127.0.0.1:4317']) {
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
  }
});

test('a request is a span that goes on with the trace of its caller', () => {
  expect(find(BOOKING)).toMatchObject({
    kind: 2,
    traceId: TRACE,
    parentSpanId: PARENT,
    failed: false,
    service: 'front-desk',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/v1/public/properties/:slug/bookings',
      'http.response.status_code': 201,
      'holdfast.request_id': requestId,
    },
  });
});

test('what a request does is a span below it, and what it asks of the gateway one below that', () => {
  expect(find('booking/create')).toMatchObject({
    kind: 1,
    traceId: TRACE,
    parentSpanId: find(BOOKING).spanId,
    failed: false,
    attributes: { 'holdfast.actor': 'GUEST', 'holdfast.outcome': 'ok', 'holdfast.request_id': requestId },
  });
  const request = find(`${BOOKING}/:code/payment-session`);
  expect(request).toMatchObject({ parentSpanId: '', failed: true });
  const action = find('payment/session');
  expect(action).toMatchObject({
    parentSpanId: request.spanId,
    traceId: request.traceId,
    failed: false,
    attributes: { 'holdfast.outcome': 'gateway_unavailable' },
  });
  expect(find('gateway/create-session')).toMatchObject({
    kind: 3,
    parentSpanId: action.spanId,
    attributes: { 'holdfast.outcome': 'UNKNOWN' },
  });
});

test('what a request does is a span below it also when its body was long in coming', () => {
  const [request, action] = [BOOKING, 'booking/create'].map((name) =>
    collector.spans.find((span) => span.name === name && span.traceId === LATE_TRACE),
  );
  expect(action).toMatchObject({ parentSpanId: request?.spanId });
});

test('a request that leads nowhere is a span too, without what was asked for', () => {
  expect(find('GET')).toMatchObject({ failed: false, attributes: { 'http.response.status_code': 404 } });
  expect(find('GET').attributes).not.toHaveProperty('http.route');
});

test('a traceparent that is none begins a new trace', () => {
  expect(find('POST /api/v1/auth/login')).toMatchObject({ parentSpanId: '' });
});

test('a caller who says that the trace is not recorded is heeded', () => {
  expect(collector.spans.filter(({ traceId }) => traceId === UNSAMPLED)).toEqual([]);
});

test('no trace carries anything personal or secret', () => {
  const sent = collector.bodies.join('\n');
  expect(collector.spans.length).toBeGreaterThan(8);
  for (const secret of secrets) expect(sent).not.toContain(secret);
});

const opened: Server[] = [];
afterAll(() => {
  for (const server of opened) server.close();
});
async function listen(server: Server): Promise<number> {
  opened.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const collectorsThatFail = {
  'is not there': findFreePort,
  'never answers': () => listen(createServer()),
  'refuses what it gets': () => listen(createHttpServer((_request, response) => response.writeHead(400).end())),
};

test.concurrent.each(Object.entries(collectorsThatFail))(
  'a collector that %s costs no request and no stop',
  async (_, open) => {
    const port = await open();
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${String(port)}` };
    const server = await spawnServer({ DATABASE_URL: database.url, ...endpoint });
    for (let time = 0; time < 600; time += 1) expect((await send(server.url, 'GET', HOTEL)).status).toBe(200);
    const lost = await server.waitFor(/CONNECTION_LOST/);
    expect(JSON.parse(lost)).toMatchObject({ level: 'warn', name: 'trace collector' });
    expect((await send(server.url, 'GET', HOTEL)).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(server.lines.filter((line) => line.includes('CONNECTION_LOST'))).toHaveLength(1);
  },
);
