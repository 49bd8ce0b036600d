import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { buildApp } from '../../../../src/app.ts';
import { readDocument } from '../../../support/http/api-document.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { everyDay, openSpa } from '../../../support/spa/spa.ts';

let t: TestApp;
let owner: string;
const SPA = '/v1/public/properties/glow-medspa';
const person = { name: 'Dana Maria Ortiz', email: 'dana@example.com', phone: '+16305550100' };

beforeAll(async () => {
  t = await startTestApp();
  owner = await t.tokenFor('owner@glow-medspa.example');
});
afterAll(() => t.close());

/** A Tuesday three weeks from now, or so many weeks later. */
function tuesday(weeksLater: number): string {
  const date = daysAhead(20);
  const untilTuesday = (9 - new Date(date).getUTCDay()) % 7;
  return addDays(date, untilTuesday + 7 * weeksLater);
}
const create = (body: object, headers: Record<string, string> = {}) =>
  t.call('POST', '/api/booking/create', { body: { ...person, serviceSlug: 'facial', ...body }, headers });
const booked = async (body: object): Promise<Answer['body']> => {
  const answer = await create(body);
  expect(answer.status).toBe(201);
  return answer.body;
};
const change = (action: string, body: object, token?: string) =>
  t.call('POST', `/api/booking/${action}`, { body, ...(token !== undefined && { token }) });

test('an appointment is booked by date and time, and is what the canonical paths say of it', async () => {
  const date = tuesday(0);
  const body = await booked({ providerId: 'danielle', date, time: '10:00 AM', notes: 'First visit' });
  expect(body).toMatchObject({
    success: true,
    booking: {
      id: expect.stringMatching(/^BK-/),
      status: 'CONFIRMED',
      service: 'FACIAL',
      provider: 'DANIELLE',
      date,
      time: '10:00 AM',
      timezone: 'America/Chicago',
      name: 'Dana Maria Ortiz',
      email: person.email,
      phone: person.phone,
      notes: 'First visit',
      totalPayable: 12_000,
      currency: 'USD',
    },
    manage_url: expect.stringContaining(body.guest_token),
  });
  const { body: canonical } = await t.call('GET', '/v1/guest/booking', { token: body.guest_token });
  expect(canonical).toMatchObject({
    code: body.booking.id,
    source: 'COMPAT',
    guest: { firstName: 'Dana Maria', lastName: 'Ortiz' },
    appointment: { startsAt: body.booking.startsAt, localStart: expect.stringContaining(`${date}T10:00:00`) },
  });
});

test.each([
  ['service for serviceSlug, provider for providerId', { serviceSlug: undefined, service: 'FACIAL', provider: 'RYAN' }],
  ['startsAt for date and time', { startsAt: `${tuesday(1)}T14:00`, date: undefined, time: undefined }],
  ['the name in two', { name: undefined, firstName: 'Dana', lastName: 'Ortiz' }],
  ['an object for who it is', { name: undefined, email: undefined, phone: undefined, client: person }],
  ['empty texts for what nobody filled in', { provider: '', notes: '', phone: '' }],
])('what was said otherwise is taken too: %s', async (_, body) => {
  const answer = await create({ date: tuesday(1), time: '2:00 PM', ...body }, { prefer: 'dry-run' });
  expect(answer).toMatchObject({
    status: 200,
    body: { booking: { id: 'DRY-RUN', time: '2:00 PM' }, guest_token: null, manage_url: null },
  });
});

test.each([
  ['date', { time: '10:00 AM' }],
  ['date', { date: tuesday(2), time: '10:00 AM', startsAt: `${tuesday(2)}T10:00` }],
  ['time', { date: tuesday(2), time: 'noonish' }],
  ['service', { date: tuesday(2), time: '10:00 AM', serviceSlug: undefined }],
  ['serviceSlug', { date: tuesday(2), time: '10:00 AM', service: 'FACIAL' }],
  ['name', { date: tuesday(2), time: '10:00 AM', name: '\u200b' }],
  ['email', { date: tuesday(2), time: '10:00 AM', email: undefined }],
])('what is missing or said twice is refused at %s (%#)', async (path, body) => {
  expect(await create(body)).toMatchObject(invalid(path));
});

test('nothing fails silently: past, closed and taken times are refused as on the canonical path', async () => {
  expect(await create({ date: '2020-05-19', time: '10:00 AM' })).toMatchObject(refusal('past_time'));
  expect(await create({ date: tuesday(3), time: '6:00 AM' })).toMatchObject(refusal('outside_hours'));
  const at = { date: tuesday(3), time: '11:00 AM', provider: 'RYAN' };
  await booked(at);
  expect(await create(at)).toMatchObject(
    refusal('slot_taken', {
      alternatives: expect.arrayContaining([expect.objectContaining({ provider: 'DANIELLE' })]),
    }),
  );
  expect(await create({ ...at, serviceSlug: 'massage' })).toMatchObject(refusal('not_found'));
});

test('a repeat with the same key is the same booking', async () => {
  const body = { date: tuesday(4), time: '3:00 PM' };
  const key = { 'idempotency-key': 'gorgeous-1----------' };
  const [first, second] = [await create(body, key), await create(body, key)];
  expect(second.body).toEqual(first.body);
  expect(second.headers).toMatchObject({ 'idempotent-replayed': 'true' });
});

test('a day’s slots are those of the canonical path', async () => {
  const date = tuesday(5);
  const query = `date=${date}&service=facial&provider=ryan`;
  const { status, body } = await t.call('GET', `/api/availability?${query}`);
  expect(status).toBe(200);
  const canonical = await t.call('GET', `${SPA}/slots?service=FACIAL&provider=RYAN&from=${date}&to=${date}`);
  expect(body.slots.length).toBeGreaterThan(10);
  expect(body.slots.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual(
    canonical.body.slots.map(({ startsAt }: { startsAt: string }) => startsAt),
  );
  expect(body).toMatchObject({ date, service: 'FACIAL', phone: '+1 630 555 0199' });
  expect(body.slots[0]).toMatchObject({ time: '9:00 AM', providers: ['RYAN'] });
  expect(await t.call('GET', `/api/availability?date=${date}&provider=ryan`)).toMatchObject(invalid('service'));
  expect(await t.call('GET', `/api/availability?date=${date}&service=none`)).toMatchObject(refusal('not_found'));
});

test('a guest moves and cancels their own appointment, with its name or without', async () => {
  const date = tuesday(6);
  const { booking, guest_token: token } = await booked({ date, time: '10:00 AM', provider: 'RYAN' });
  const moved = await change('reschedule', { bookingId: booking.id, date, time: '1:30 PM' }, token);
  expect(moved).toMatchObject({ status: 200, body: { success: true, booking: { id: booking.id, time: '1:30 PM' } } });
  const cancelled = await change('cancel', { reason: 'Plans changed' }, token);
  expect(cancelled).toMatchObject({ status: 200, body: { booking: { id: booking.id, status: 'CANCELLED' } } });
  const again = await change('reschedule', { date, time: '2:00 PM' }, token);
  expect(again).toMatchObject(refusal('invalid_transition'));
});

test('staff move and cancel by code or UUID, and have to say which', async () => {
  const date = tuesday(7);
  const { booking } = await booked({ date, time: '10:00 AM', provider: 'RYAN' });
  const { id } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code: booking.id } });
  const body = { id, date, time: '4:00 PM', provider: 'DANIELLE' };
  expect(await change('reschedule', body, owner)).toMatchObject({
    status: 200,
    body: { booking: { id: booking.id, provider: 'DANIELLE', time: '4:00 PM' } },
  });
  expect(await change('cancel', {}, owner)).toMatchObject(invalid('bookingId'));
  expect(await change('cancel', { bookingId: booking.id }, owner)).toMatchObject({
    status: 200,
    body: { booking: { status: 'CANCELLED' } },
  });
});

test('a time that is taken moves nothing', async () => {
  const date = tuesday(8);
  await booked({ date, time: '10:00 AM', provider: 'RYAN' });
  const { guest_token: token } = await booked({ date, time: '2:00 PM', provider: 'RYAN' });
  const refused = await change('reschedule', { date, time: '10:15 AM', provider: 'RYAN' }, token);
  expect(refused).toMatchObject(refusal('slot_taken'));
  const { body } = await t.call('GET', '/v1/guest/booking', { token });
  expect(body).toMatchObject({ status: 'CONFIRMED', appointment: { localStart: expect.stringContaining('T14:00') } });
});

test('nobody changes what is not theirs', async () => {
  const date = tuesday(9);
  const mine = await booked({ date, time: '10:00 AM', provider: 'RYAN' });
  const other = await booked({ date, time: '1:00 PM', provider: 'RYAN' });
  for (const action of ['cancel', 'reschedule']) {
    const body = { bookingId: mine.booking.id, ...(action === 'reschedule' && { date, time: '4:00 PM' }) };
    expect(await change(action, body)).toMatchObject(refusal('unauthorized'));
    expect(await change(action, body, 'hf_nobody_s_key')).toMatchObject(refusal('unauthorized'));
    expect(await change(action, body, other.guest_token)).toMatchObject(refusal('not_found'));
    expect(await change(action, body, await t.tokenFor('owner@harbour-hotel.example'))).toMatchObject(
      refusal('not_found'),
    );
    const viewer = await t.tokenFor('viewer@glow-medspa.example');
    expect(await change(action, body, viewer)).toMatchObject(refusal('forbidden'));
  }
  const { body } = await t.call('GET', '/v1/guest/booking', { token: mine.guest_token });
  expect(body).toMatchObject({ status: 'CONFIRMED', version: 1 });
});

test('a guest of another property has nothing here, whatever they hold', async () => {
  const elsewhere = await openSpa(t);
  await elsewhere.putHours({ weekly: everyDay('09:00', '18:00') });
  const wish = { kind: 'APPOINTMENT', service: 'FACIAL', startsAt: `${tuesday(0)}T10:00`, guest };
  const { body } = await t.call('POST', `${elsewhere.hotel.path}/bookings`, { body: wish });
  const { guestToken: token } = body;
  const [here, there] = [await change('cancel', {}, token), await t.call('GET', '/v1/guest/booking', { token })];
  expect(here).toMatchObject(refusal('not_found'));
  expect(there).toMatchObject({ status: 200, body: { kind: 'APPOINTMENT', status: 'CONFIRMED' } });
});

test('every answer names the canonical path, with the configured property in it', async () => {
  const at = (path: string) => ({
    headers: { deprecation: expect.stringMatching(/^@\d+$/), link: `<${path}>; rel="successor-version"` },
  });
  const canonical = `/api${SPA}`;
  expect(await create({})).toMatchObject(at(`${canonical}/bookings`));
  expect(await create({ date: tuesday(10), time: '9:00 AM' })).toMatchObject(at(`${canonical}/bookings`));
  expect(await change('cancel', {})).toMatchObject(at('/api/v1/guest/booking/cancel'));
  expect(await change('reschedule', {}, owner)).toMatchObject(at('/api/v1/guest/booking/reschedule'));
  expect(await t.call('GET', '/api/availability?service=x')).toMatchObject(at(`${canonical}/slots`));
  const { paths } = await readDocument(t);
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/api/v1/guest/booking/cancel', '/api/v1/guest/booking/reschedule']),
  );
});

test('where no property is configured, the paths are not there', async () => {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, COMPAT_HG_SLUG: undefined } });
  const post = (url: string) => app.inject({ method: 'POST', url, payload: {} });
  const answers = [await post('/api/booking/create'), await post('/api/booking/cancel')];
  answers.push(await app.inject({ url: `/api/availability?service=facial&date=${tuesday(0)}` }));
  await app.close();
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
