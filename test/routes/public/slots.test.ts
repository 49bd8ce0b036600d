import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { SpaOptions, StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { invalid, refusal } from '../../support/http/problems.ts';

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);
const MORNING = [{ fromMinute: 540, toMinute: 660 }];

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(() => t.close());

/** One provider, open from nine to eleven, so that every start fits on a line. */
const small = (options: SpaOptions = {}) =>
  staffSpa(t, { services: { FACIAL: { slotStepMinutes: 30 } }, providers: { DANIELLE: MORNING }, ...options });
const startsOn = async (spa: StaffedSpa, date = TOMORROW, query = '') => Object.keys(await spa.slotsOn(date, query));
const slots = (spa: StaffedSpa, query: string) => t.call('GET', `${spa.path}/slots?${query}`);

test('a slot says when it is, on the wall and for the world, how long it lasts and who is free', async () => {
  const spa = await staffSpa(t);
  const { status, body } = await slots(spa, `service=FACIAL&from=${TOMORROW}&to=${TOMORROW}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ timezone: 'America/Chicago', phone: '+1 312 555 0142' });
  // Nine to six, an hour long, every quarter of an hour: 09:00 to 17:00.
  expect(body.slots).toHaveLength(33);
  expect(body.slots[0]).toEqual({
    startsAt: '2027-03-02T15:00:00.000Z',
    endsAt: '2027-03-02T16:00:00.000Z',
    localStart: '2027-03-02T09:00:00-06:00',
    providers: ['DANIELLE', 'RYAN'],
  });
  expect(body.slots.at(-1).localStart).toBe('2027-03-02T17:00:00-06:00');
});

test('both ends of the range are included', async () => {
  const spa = await small();
  const { body } = await slots(spa, `service=FACIAL&from=${TOMORROW}&to=${addDays(TOMORROW, 2)}`);
  const days = new Set((body.slots as { localStart: string }[]).map(({ localStart }) => localStart.slice(0, 10)));
  expect([...days]).toEqual([TOMORROW, addDays(TOMORROW, 1), addDays(TOMORROW, 2)]);
});

test('a provider is offered for what they do, and alone when they are asked for', async () => {
  const services = { FACIAL: {}, LASER: {} };
  const spa = await staffSpa(t, { services, does: { RYAN: ['LASER'] } });
  expect((await spa.slotsOn(TOMORROW))['09:00']).toEqual(['DANIELLE']);
  expect((await spa.slotsOn(TOMORROW, '&service=LASER'))['09:00']).toEqual(['DANIELLE', 'RYAN']);
  expect((await spa.slotsOn(TOMORROW, '&service=LASER&provider=RYAN'))['09:00']).toEqual(['RYAN']);
});

test('a service, a provider, a provider who does not do it and a property that do not exist are 404', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: {}, LASER: {} }, does: { RYAN: ['LASER'] } });
  const range = `from=${TOMORROW}&to=${TOMORROW}`;
  expect(await slots(spa, `${range}&service=NOSUCH`)).toMatchObject(refusal('not_found'));
  expect(await slots(spa, `${range}&service=FACIAL&provider=NOBODY`)).toMatchObject(refusal('not_found'));
  expect(await slots(spa, `${range}&service=FACIAL&provider=RYAN`)).toMatchObject(refusal('not_found'));
  const nowhere = await t.call('GET', `/v1/public/properties/nowhere/slots?${range}&service=FACIAL`);
  expect(nowhere).toMatchObject(refusal('not_found'));
});

test('what is sold no longer is 404, and who works no longer is not offered', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: {}, OLD: { isActive: false } } });
  expect(await slots(spa, `service=OLD&from=${TOMORROW}&to=${TOMORROW}`)).toMatchObject(refusal('not_found'));
  await t.database.sql('UPDATE providers SET is_active = false WHERE id = $1', [spa.providerIds['RYAN']]);
  expect((await spa.slotsOn(TOMORROW))['09:00']).toEqual(['DANIELLE']);
});

test('a property that is not live has no slots to show', async () => {
  const spa = await staffSpa(t, { property: { status: 'SUSPENDED' } });
  const range = `service=FACIAL&from=${TOMORROW}&to=${TOMORROW}`;
  expect(await slots(spa, range)).toMatchObject(refusal('not_found'));
});

test('what has passed today is not offered', async () => {
  const spa = await small();
  await travelTo(t.database, `${TODAY}T15:20:00Z`);
  expect(await startsOn(spa, TODAY)).toEqual(['09:30', '10:00']);
  expect(await startsOn(spa, addDays(TODAY, -1))).toEqual([]);
});

test('notice is kept, the service’s before the property’s', async () => {
  // From six in the morning, it ends just before half past nine, and before ten.
  const property = { minNoticeMinutes: 205 };
  expect(await startsOn(await small({ property }), TODAY)).toEqual(['09:30', '10:00']);
  const services = { FACIAL: { slotStepMinutes: 30, minNoticeMinutes: 235 } };
  expect(await startsOn(await small({ property, services }), TODAY)).toEqual(['10:00']);
});

test('the booking window ends with a day, the service’s before the property’s', async () => {
  const property = { bookingWindowDays: 3 };
  const spa = await small({ property });
  expect(await startsOn(spa, addDays(TODAY, 3))).toEqual(['09:00', '09:30', '10:00']);
  expect(await startsOn(spa, addDays(TODAY, 4))).toEqual([]);
  const services = { FACIAL: { slotStepMinutes: 30, bookingWindowDays: 1 } };
  expect(await startsOn(await small({ property, services }), addDays(TODAY, 2))).toEqual([]);
});

test('a date with hours of its own has these, and one without is closed', async () => {
  const spa = await small();
  const providerId = spa.providerIds['DANIELLE'] ?? '';
  await t.ctx.db.providerException.createMany({
    data: [
      { providerId, onDate: new Date(TOMORROW), fromMinute: 840, toMinute: 900 },
      { providerId, onDate: new Date(TOMORROW), fromMinute: 960, toMinute: 1_050 },
      { providerId, onDate: new Date(addDays(TOMORROW, 1)) },
    ],
  });
  expect(await startsOn(spa)).toEqual(['14:00', '16:00', '16:30']);
  expect(await startsOn(spa, addDays(TOMORROW, 1))).toEqual([]);
  expect(await startsOn(spa, addDays(TOMORROW, 2))).toEqual(['09:00', '09:30', '10:00']);
});

test('time off takes what it touches', async () => {
  const spa = await small();
  const times = { startsAt: `${TOMORROW}T15:00:00Z`, endsAt: `${TOMORROW}T15:30:00Z` };
  await t.ctx.db.timeOff.create({ data: { providerId: spa.providerIds['DANIELLE'] ?? '', ...times } });
  expect(await startsOn(spa)).toEqual(['09:30', '10:00']);
});

test('an appointment takes its time and its buffers, from every service of its provider', async () => {
  const services = {
    FACIAL: { slotStepMinutes: 15, bufferBeforeMinutes: 15, bufferAfterMinutes: 30 },
    QUICK: { durationMinutes: 15 },
  };
  const spa = await small({ services, providers: { DANIELLE: [{ fromMinute: 540, toMinute: 780 }] } });
  await spa.booked({ startsAt: `${TOMORROW}T10:00` });
  // Taken from 09:45 to 11:30; another facial begins its own buffer no earlier, so at 11:45, and none fits before.
  expect(await startsOn(spa)).toEqual(['11:45', '12:00']);
  // A quarter of an hour without buffers fits right up to it on both sides.
  expect(await startsOn(spa, TOMORROW, '&service=QUICK')).toEqual([
    ...['09:00', '09:15', '09:30', '11:30', '11:45', '12:00', '12:15', '12:30', '12:45'],
  ]);
});

test('a hold counts until its deadline, and from then on no longer, though no sweep has run', async () => {
  const spa = await small({ property: { paymentPolicy: 'FULL' } });
  await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  expect(await startsOn(spa)).toEqual(['10:00']);
  await travelTo(t.database, `${TODAY}T12:10:01Z`);
  expect(await startsOn(spa)).toEqual(['09:00', '09:30', '10:00']);
});

test('a hold whose money is on its way counts past its deadline', async () => {
  const spa = await small({ property: { paymentPolicy: 'FULL' } });
  const { code } = await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  await t.database.sql(`UPDATE bookings SET payment_stage = 'AUTHORIZED' WHERE code = $1`, [code]);
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  expect(await expireHolds(t.ctx)).not.toContainEqual(expect.objectContaining({ code }));
  expect(await startsOn(spa)).toEqual(['10:00']);
});

test('who finds nothing is told whom to call', async () => {
  const spa = await small({ providers: { DANIELLE: [] } });
  const { status, body } = await slots(spa, `service=FACIAL&from=${TOMORROW}&to=${TOMORROW}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { slots: [], phone: '+1 312 555 0142' } });
});

test('slots are asked for 62 days at most, forwards, of dates that exist', async () => {
  const spa = await small();
  const ask = (from: string, to: string) => slots(spa, `service=FACIAL&from=${from}&to=${to}`);
  const whole = await ask(TOMORROW, addDays(TOMORROW, 61));
  expect(whole.status).toBe(200);
  expect(whole.body.slots).toHaveLength(62 * 3);
  expect(await ask(TOMORROW, addDays(TOMORROW, 62))).toMatchObject(invalid('to'));
  expect(await ask(TOMORROW, TODAY)).toMatchObject(invalid('to'));
  expect(await ask('2027-02-29', '2027-03-01')).toMatchObject(invalid('from'));
  expect(await slots(spa, `from=${TOMORROW}&to=${TOMORROW}`)).toMatchObject(invalid('service'));
  expect(await slots(spa, `service=FACIAL&from=${TOMORROW}&to=${TOMORROW}&when=now`)).toMatchObject(invalid('when'));
});

const ROUND_THE_CLOCK = { DANIELLE: [{ fromMinute: 0, toMinute: 1_440 }] };
const hourly = () => small({ services: { FACIAL: { slotStepMinutes: 60 } }, providers: ROUND_THE_CLOCK });

test('on the day clocks go forward, the hour that is not there is not offered, and offsets change', async () => {
  const { body } = await slots(await hourly(), 'service=FACIAL&from=2027-03-14&to=2027-03-14');
  const local = (body.slots as { localStart: string }[]).map(({ localStart }) => localStart.slice(11));
  expect(local).toHaveLength(23);
  expect(local.slice(0, 4)).toEqual(['00:00:00-06:00', '01:00:00-06:00', '03:00:00-05:00', '04:00:00-05:00']);
  expect(body.slots[2]).toMatchObject({ startsAt: '2027-03-14T08:00:00.000Z', endsAt: '2027-03-14T09:00:00.000Z' });
});

test('on the day clocks go back, the hour that comes twice is offered twice, each with its offset', async () => {
  const { body } = await slots(await hourly(), 'service=FACIAL&from=2027-11-07&to=2027-11-07');
  const local = (body.slots as { localStart: string }[]).map(({ localStart }) => localStart.slice(11));
  expect(local).toHaveLength(25);
  expect(local.slice(0, 4)).toEqual(['00:00:00-05:00', '01:00:00-05:00', '01:00:00-06:00', '02:00:00-06:00']);
});

test('every start on offer on those days can be booked as it is shown', async () => {
  const spa = await hourly();
  for (const date of ['2027-03-14', '2027-11-07']) {
    const { body } = await slots(spa, `service=FACIAL&from=${date}&to=${date}`);
    for (const slot of body.slots as { localStart: string; startsAt: string; endsAt: string }[]) {
      const { booking } = await spa.booked({ startsAt: slot.localStart });
      const { startsAt, endsAt, localStart } = slot;
      expect(booking.appointment).toMatchObject({ startsAt, endsAt, localStart });
    }
    expect(await startsOn(spa, date)).toEqual([]);
  }
});

test('booked dates of a service are those without a start: full, closed, past, beyond the window', async () => {
  const spa = await small({ property: { bookingWindowDays: 5 } });
  await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  await spa.booked({ startsAt: `${TOMORROW}T10:00` });
  await spa.booked({ startsAt: `${addDays(TODAY, 2)}T09:00` });
  const providerId = spa.providerIds['DANIELLE'] ?? '';
  await t.ctx.db.providerException.create({ data: { providerId, onDate: new Date(addDays(TODAY, 3)) } });
  const range = `from=${addDays(TODAY, -1)}&to=${addDays(TODAY, 6)}`;
  const answer = await t.call('GET', `${spa.path}/booked-dates?service=FACIAL&${range}`);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body.dates).toEqual([addDays(TODAY, -1), TOMORROW, addDays(TODAY, 3), addDays(TODAY, 6)]);
});

test('booked dates are of a service or of a room type, not of both, of neither or of what does not exist', async () => {
  const spa = await small();
  const ask = (query: string) => t.call('GET', `${spa.path}/booked-dates?from=${TODAY}&to=${TOMORROW}${query}`);
  expect(await ask('')).toMatchObject(invalid('roomType'));
  expect(await ask('&service=FACIAL&roomType=ROOM')).toMatchObject(invalid('roomType'));
  expect(await ask('&service=NOSUCH')).toMatchObject(refusal('not_found'));
});

test('booked dates of a service are asked for 62 days at once, those of a room type for 370', async () => {
  const spa = await small();
  const ask = (days: number, of: string) =>
    t.call('GET', `${spa.path}/booked-dates?from=${TODAY}&to=${addDays(TODAY, days - 1)}&${of}`);
  expect((await ask(62, 'service=FACIAL')).status).toBe(200);
  expect(await ask(63, 'service=FACIAL')).toMatchObject(invalid('to'));
  expect(await ask(370, 'roomType=NOSUCH')).toMatchObject(refusal('not_found'));
  expect(await ask(371, 'roomType=NOSUCH')).toMatchObject(invalid('to'));
});

test('a batch looks at stays and appointments again, each by itself, in the order asked', async () => {
  const spa = await small({ property: { bookingWindowDays: 400 } });
  const roomType = { code: 'ROOM', name: 'Room', maxOccupancy: 2, baseOccupancy: 2, basePrice: 10_000 };
  await spa.call('POST', '/room-types', { body: roomType });
  await spa.call('POST', '/rooms', { body: { number: '101', roomType: 'ROOM' } });
  await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  const ask = (startsAt: string, more: object = {}) => ({ kind: 'APPOINTMENT', service: 'FACIAL', startsAt, ...more });
  const items = [
    ask(`${TOMORROW}T10:00`),
    ask(`${TOMORROW}T09:00`),
    { kind: 'STAY', roomType: 'ROOM', checkIn: addDays(TODAY, 5), checkOut: addDays(TODAY, 6) },
    ask(`${TOMORROW}T09:40`),
    ask(`${TOMORROW}T12:00`),
    ask(`${addDays(TODAY, -1)}T09:00`),
    ask(`${addDays(TODAY, 401)}T09:00`),
    ask('2027-03-14T02:30'),
    ask('2027-11-07T01:30'),
    ask(`${TOMORROW}T10:00`, { provider: 'NOBODY' }),
    ask(`${TOMORROW}T10:00`, { adults: 2 }),
  ];
  const { status, body } = await t.call('POST', `${spa.path}/availability/batch`, { body: { items } });
  expect(status).toBe(200);
  expect((body.items as { reason: string | null }[]).map(({ reason }) => reason)).toEqual([
    ...[null, 'TAKEN', null, 'OFF_GRID', 'CLOSED', 'PAST', 'WINDOW', 'SKIPPED', 'AMBIGUOUS', 'UNKNOWN'],
    'OCCUPANCY',
  ]);
  const free = { available: 1, bookable: true, reason: null, totalPayable: 12_000, currency: 'USD' };
  expect(body.items[0]).toEqual(free);
  expect(body.items[1]).toEqual({ ...free, available: 0, bookable: false, reason: 'TAKEN' });
});

test('a batch is refused whole when one of its items can not be read', async () => {
  const spa = await small();
  const items = [{ kind: 'APPOINTMENT', service: 'FACIAL', startsAt: 'tomorrow' }];
  const answer = await t.call('POST', `${spa.path}/availability/batch`, { body: { items } });
  expect(answer).toMatchObject(refusal('validation_failed'));
});
