import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../src/config.ts';

// `npm run demo`: walks a stay through its life against the running server, paying on the sandbox's page, then lets twenty guests fight for two suites.
// It knows nothing but HTTP, so it doubles as a tour of the API.

const base = `${readConfig().PUBLIC_URL}/api/v1`;
const PASSWORD = 'holdfast-demo';

// A tour reads answers as a browser's console would.
type Json = any;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

async function call(
  method: string,
  path: string,
  options: { body?: object; token?: string; key?: string } = {},
): Promise<Answer> {
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(options.body && { 'content-type': 'application/json' }),
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...(options.key && { 'idempotency-key': options.key }),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  const body: Json = await answer.json();
  if (answer.status !== 429) return { status: answer.status, headers: answer.headers, body };
  const seconds = Number(answer.headers.get('retry-after') ?? 1);
  console.log(`      (rate limited; going on in ${String(seconds)} s)`);
  await sleep(seconds * 1_000);
  return call(method, path, options);
}

/** Calls, prints what came back in one line, and ends the tour if it is not what was expected. */
async function step(
  title: string,
  expected: number,
  work: Promise<Answer>,
  tell: (body: Json) => string,
): Promise<Json> {
  const { status, body } = await work;
  const isRight = status === expected;
  console.log(
    `  ${isRight ? '✓' : '✗'} ${title.padEnd(44)} ${String(status)}  ${isRight ? tell(body) : JSON.stringify(body)}`,
  );
  if (!isRight) throw new Error(`${title}: expected ${String(expected)}`);
  return body;
}

function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function todayIn(timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(new Date());
}

async function logIn(email: string): Promise<string> {
  const session = await step(
    `${email} signs in`,
    200,
    call('POST', '/auth/login', { body: { email, password: PASSWORD } }),
    () => 'session of 15 minutes',
  );
  return session.accessToken as string;
}

const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' };

/** The first arrival from today on for which the room type can be had. */
async function findArrival(slug: string, roomType: string, today: string, rooms: number): Promise<string> {
  for (let days = 0; days < 60; days += 1) {
    const [checkIn, checkOut] = [plusDays(today, days), plusDays(today, days + 2)];
    const { body } = await call(
      'GET',
      `/public/properties/${slug}/availability?checkIn=${checkIn}&checkOut=${checkOut}`,
    );
    const found = (body.roomTypes as Json[]).find((candidate) => candidate.code === roomType);
    if (found?.bookable && found.available >= rooms) return checkIn;
  }
  throw new Error(`No ${roomType} is free within two months; npm run db:reset -- --yes starts over`);
}

async function walkStay(): Promise<void> {
  console.log('\nA stay at Harbour Hotel, which approves by staff');
  const slug = 'harbour-hotel';
  const property = await step(
    'the property',
    200,
    call('GET', `/public/properties/${slug}`),
    (body) => `${body.name}, ${body.timezone}`,
  );
  const today = todayIn(property.timezone);
  const checkIn = await findArrival(slug, 'STANDARD', today, 1);
  const stay = { roomType: 'STANDARD', checkIn, checkOut: plusDays(checkIn, 2), adults: 3 };
  await step('a price', 200, call('POST', `/public/properties/${slug}/quotes`, { body: stay }), (body) => {
    return `${money(body.price.totalPayable, body.price.currency)}, of which VAT ${money(body.price.taxAmount, body.price.currency)}`;
  });
  const { booking, guestToken } = await step(
    'the guest books',
    201,
    call('POST', `/public/properties/${slug}/bookings`, { body: { ...stay, guest } }),
    (body) => `${body.booking.code} ${body.booking.status}, ${body.booking.reservationSecondsLeft} s left`,
  );
  await pay(guestToken as string);
  await until('the money is authorized', guestToken as string, 'PENDING_APPROVAL');

  const token = await logIn(`owner@${slug}.example`);
  const path = `/staff/properties/${slug}/bookings/${String(booking.code)}`;
  const act = (action: string, body: object = {}) => call('POST', `${path}/${action}`, { token, body });
  await step('staff approve, which captures', 200, act('approve'), (body) => `${body.status}, ${body.paymentStage}`);
  const rooms = await step('rooms it could have', 200, call('GET', `${path}/assignable-rooms`, { token }), (body) =>
    (body.items as Json[]).map((room) => room.number).join(' '),
  );
  const room = rooms.items[0].number as string;
  await step(
    `room ${room} is assigned`,
    200,
    act('assign-room', { room, assignmentVersion: 0 }),
    (body) => `version ${body.version}`,
  );
  await step('the guest arrives', 200, act('check-in', { early: checkIn > today }), (body) => body.status);
  await step('the guest leaves', 200, act('check-out'), (body) => body.status);
  await step(
    'the room is cleaned',
    200,
    call('PATCH', `/staff/properties/${slug}/rooms/${room}`, { token, body: { housekeepingStatus: 'CLEAN' } }),
    (body) => body.housekeepingStatus,
  );
  await step('its history', 200, call('GET', `${path}/history`, { token }), (body) =>
    (body.items as Json[]).map((event) => event.action).join(' → '),
  );
}

/** Opens the page to pay on, and presses its button as a person would. */
async function pay(token: string): Promise<void> {
  const session = await step(
    'a page to pay on',
    200,
    call('POST', '/guest/booking/payment-session', { token, body: {} }),
    (body) => `${String(body.url).split('/c/pay/')[0]}/c/pay/…`,
  );
  const { url } = session as { url: string };
  if (!/127\.0\.0\.1|localhost/.test(url)) {
    console.log(`      Pay at ${url} and wait.`);
    return;
  }
  const paid = await fetch(`${url}/pay`, { method: 'POST', redirect: 'manual' });
  console.log(`  ✓ ${'the guest pays on it'.padEnd(44)} ${String(paid.status)}`);
}

/** Looks at the guest's booking until it has come so far: the webhook takes a moment. */
async function until(title: string, token: string, status: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await call('GET', '/guest/booking', { token });
    if (answer.body.status === status) {
      await step(title, 200, Promise.resolve(answer), (body) => `${body.status}, ${body.paymentStage}`);
      return;
    }
    await sleep(attempt < 50 ? 100 : 1_000);
  }
  throw new Error(`${title}: the booking did not become ${status}`);
}

async function walkCard(): Promise<void> {
  console.log('\nA card at Monsoon Palace, which approves by itself');
  const slug = 'monsoon-palace';
  const checkIn = await findArrival(slug, 'STANDARD', todayIn('Asia/Kolkata'), 1);
  const body = { roomType: 'STANDARD', checkIn, checkOut: plusDays(checkIn, 2), guest };
  const { guestToken } = await step(
    'the guest books',
    201,
    call('POST', `/public/properties/${slug}/bookings`, { body }),
    (answer) => `${answer.booking.code} ${answer.booking.status}`,
  );
  await pay(guestToken as string);
  await until('captured at once', guestToken as string, 'CONFIRMED');
  await step(
    'cancelling refunds',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: {} }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
}

async function walkHold(): Promise<void> {
  console.log('\nA hold at Monsoon Palace, which wants to be paid first');
  const slug = 'monsoon-palace';
  const checkIn = await findArrival(slug, 'DELUXE', todayIn('Asia/Kolkata'), 1);
  const body = { roomType: 'DELUXE', checkIn, checkOut: plusDays(checkIn, 2), guest };
  const key = crypto.randomUUID();
  const book = () => call('POST', `/public/properties/${slug}/bookings`, { body, key });
  const { booking, guestToken } = await step(
    'the guest books',
    201,
    book(),
    (answer) => `${answer.booking.code} ${answer.booking.status}, ${answer.booking.reservationSecondsLeft} s left`,
  );
  await step('the same request again', 201, book(), (answer) => `${answer.booking.code}, the first answer again`);
  const token = await logIn(`frontdesk@${slug}.example`);
  const path = `/staff/properties/${slug}/bookings/${String(booking.code)}/payments`;
  const payment = { method: 'BANK_TRANSFER', amount: booking.price.totalPayable as number, reference: 'UTR 4711' };
  await step(
    'staff record the payment',
    200,
    call('POST', path, { token, body: payment }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
  await step('paying twice is refused', 409, call('POST', path, { token, body: payment }), (answer) => answer.code);
  await step(
    'the guest cancels',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: { reason: 'demo' } }),
    (answer) => answer.status,
  );
  await step(
    'and once more',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: {} }),
    (answer) => `${answer.status}, unchanged at version ${answer.version}`,
  );
}

async function race(): Promise<void> {
  console.log('\nTwenty guests want the last two suites of Harbour Hotel at the same moment');
  const slug = 'harbour-hotel';
  const start = plusDays(todayIn('Europe/Dublin'), 30 + Math.floor(Math.random() * 200));
  const checkIn = await findArrival(slug, 'SUITE', start, 2);
  const body = { roomType: 'SUITE', checkIn, checkOut: plusDays(checkIn, 2) };
  const contenders = Array.from({ length: 20 }, (_, index) => ({
    ...guest,
    email: `guest${String(index)}@example.com`,
  }));
  const answers = await Promise.all(
    contenders.map((contender) =>
      call('POST', `/public/properties/${slug}/bookings`, { body: { ...body, guest: contender } }),
    ),
  );
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  const loser = answers.find((answer) => answer.status === 409);
  console.log(
    `  ${String(count(201))} booked, ${String(count(409))} told that it is sold out, ${String(20 - count(201) - count(409))} anything else`,
  );
  if (loser) {
    const { alternatives } = loser.body as { alternatives: Json[] };
    console.log(
      `  a loser is offered: ${alternatives.map((other) => `${other.roomType} ${other.checkIn}`).join(', ')}`,
    );
  }
  if (count(201) !== 2 || count(409) !== 18) throw new Error('The race did not end with two bookings');
}

try {
  await walkStay();
  await walkCard();
  await walkHold();
  await race();
  console.log('\nDone. npm run invariants shows that everything still adds up.');
} catch (error) {
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  console.error(isUnreachable ? `No server answers at ${base}; start one with npm start.` : error);
  process.exitCode = 1;
}
