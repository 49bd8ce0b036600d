import pg from 'pg';
import { buildApp } from '../../../src/app.ts';
import type { Answer, TestApp } from '../server/app.ts';
import { daysAhead, stayBody } from '../hotel/build.ts';
import { openDesk } from '../hotel/desk.ts';
import type { Desk } from '../hotel/desk.ts';
import { untilSomebodyWaitsForALock } from '../race.ts';
import { gatewayAt } from '../sandbox/stripe-gateway.ts';
import { openSandbox } from '../sandbox/stripe-sandbox.ts';

/** A guest who has paid, and could cancel for nothing long ago, asks for another night. */
export async function moveLate(t: TestApp): Promise<Answer> {
  const cancellationPolicy = { tiers: [{ hoursBefore: 24 * 365, refundPercent: 100 }] };
  const desk = await openDesk(t, { property: { cancellationPolicy } });
  const code = await desk.confirm();
  const { body } = await desk.call('GET', `/bookings/${code}`);
  await desk.act(code, 'payments', { method: 'CASH', amount: body.balanceDue });
  const token = (await desk.act(code, 'guest-link', {})).body.guestToken as string;
  const to = { checkIn: daysAhead(90), checkOut: daysAhead(91) };
  return t.call('POST', '/v1/guest/booking/reschedule', { token, body: to });
}

/** Asks for a page that the gateway makes for nobody: a million is too much for a card. */
export async function askForDearPage(t: TestApp, desk: Desk): Promise<Answer> {
  const { code, guestToken } = await desk.book();
  await t.database.sql('UPDATE bookings SET deposit_due = 100000000, total_payable = 100000000 WHERE code = $1', [
    code,
  ]);
  await using sandbox = await openSandbox();
  const app = await buildApp({ ...t.ctx, gateway: gatewayAt(sandbox.url) });
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/guest/booking/payment-session',
    payload: {},
    headers: { authorization: `Bearer ${guestToken}` },
  });
  await app.close();
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

/** Asks for a session to pay less than a card can. */
export async function askForTinySession(t: TestApp, desk: Desk): Promise<Answer> {
  const { code, guestToken } = await desk.book();
  await t.database.sql('UPDATE bookings SET deposit_due = 49, total_payable = 49 WHERE code = $1', [code]);
  return t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken });
}

/** Books two nights, in a hotel that restricts the stays from the first to the last of their dates so. */
export async function bookRestricted(t: TestApp, restriction: object): Promise<Answer> {
  const desk = await openDesk(t);
  const [checkIn, checkOut] = [daysAhead(60), daysAhead(62)];
  const nights = { roomType: 'ROOM', from: checkIn, to: daysAhead(63) };
  await desk.call('PUT', '/inventory', { body: { ...nights, ...restriction } });
  return t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ checkIn, checkOut }) });
}

/** Books without a login, then repeats the request from another network. */
export async function repeatFromElsewhere(t: TestApp, desk: Desk): Promise<Answer> {
  const headers = { 'idempotency-key': 'asked-from-two-networks' };
  const request = { method: 'POST', url: `/api${desk.hotel.path}/bookings`, payload: stayBody(), headers } as const;
  await t.app.inject(request);
  const answer = await t.app.inject({ ...request, remoteAddress: '198.51.100.7' });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

/** A guest cancels what has taken place. */
export async function cancelAfterStart(t: TestApp, desk: Desk): Promise<Answer> {
  const { guestToken } = await desk.book();
  await t.database.travel('32 days');
  return t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
}

/** Hours that a stranger commits while ours are written, past the trigger that would make the one wait for the other. */
export async function putHoursBesideStranger(t: TestApp, desk: Desk): Promise<Answer> {
  await desk.call('POST', '/providers', { body: { code: 'BEN', name: 'Ben' } });
  const stranger = new pg.Client({ connectionString: t.database.url });
  await stranger.connect();
  try {
    await stranger.query('BEGIN');
    await stranger.query('SET LOCAL session_replication_role = replica');
    await stranger.query(
      `INSERT INTO provider_hours (provider_id, weekday, from_minute, to_minute)
       SELECT id, 1, 600, 660 FROM providers WHERE property_id = $1 AND code = 'BEN'`,
      [desk.hotel.propertyId],
    );
    const weekly = [{ weekday: 1, from: '09:00', to: '18:00' }];
    const put = desk.call('PUT', '/providers/BEN/hours', { body: { weekly } });
    await untilSomebodyWaitsForALock(t.database);
    await stranger.query('COMMIT');
    return await put;
  } finally {
    await stranger.end();
  }
}
