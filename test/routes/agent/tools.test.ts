import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { dana, makeKey, openAgent, startOnMonday } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildSpa } from '../../support/spa/build-spa.ts';
import { refusal } from '../../support/http/problems.ts';

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
beforeEach(() => startOnMonday(t));
afterAll(() => t.close());

const facial = { service: 'FACIAL', guest: dana };
/** A refusal of the business kind: 200, not ok, with the problem anybody else would get. */
const refused = (code: ErrorCode, say: RegExp, members: object = {}) => ({
  status: 200,
  body: { ok: false, data: {}, say: expect.stringMatching(say), problem: { code, ...members } },
});
const asks = (path: string, say: RegExp) =>
  refused('validation_failed', say, { errors: expect.arrayContaining([expect.objectContaining({ path })]) });

describe('list_services', () => {
  test('says and lists what can be booked, with who does it', async () => {
    const { say, data } = await agent.do('list_services');
    expect(say).toBe(
      'At Glow Med Spa you can book Facial for $120.00, Botox for $200.00 and Laser hair removal for $180.00.',
    );
    expect(data).toMatchObject({ timezone: 'America/Chicago', currency: 'USD', phone: '+1 630 555 0199' });
    expect(data.services[1]).toMatchObject({
      code: 'BOTOX',
      price: 20_000,
      durationMinutes: 30,
      providers: [{ code: 'DANIELLE', name: 'Danielle' }],
    });
  });

  test('lists room types where rooms are sold', async () => {
    const { say, data } = await openAgent(t, 'harbour-hotel').do('list_services');
    expect(say).toMatch(/a night/);
    expect(data.roomTypes.map(({ code }: { code: string }) => code)).toEqual(['STANDARD', 'DELUXE', 'SUITE']);
  });
});

describe('check_availability', () => {
  test('reads the weekday back and lists the same starts as the website', async () => {
    const { say, data } = await agent.do('check_availability', { service: 'facial', when: 'next Tuesday' });
    expect(say).toBe('Facial is free tomorrow, Tuesday, March 9, at 9:00 AM, 1:00 PM or 5:00 PM.');
    const { body } = await t.call(
      'GET',
      '/v1/public/properties/glow-medspa/slots?service=FACIAL&from=2027-03-09&to=2027-03-09',
    );
    const starts = (slots: { startsAt: string }[]) => slots.map(({ startsAt }) => startsAt);
    expect(starts(data.slots)).toEqual(starts(body.slots));
  });

  test('says whether the very time is free, and what is near where it is not', async () => {
    const free = await agent.do('check_availability', { service: 'BOTOX', when: 'Friday at 3 pm' });
    expect(free.say).toBe('Yes, Botox is free Friday, March 12, at 3:00 PM.');
    await agent.book('Friday at 3 pm', { service: 'BOTOX' });
    const taken = await agent.do('check_availability', { service: 'BOTOX', when: 'Friday at 3 pm' });
    expect(taken.data.requested).toEqual({ localStart: '2027-03-12T15:00:00-06:00', available: false });
    expect(taken.say).toMatch(/^Sorry, that time is not free; I could offer Friday, March 12, at /);
  });

  test('looks at a week when no day is said', async () => {
    const { data } = await agent.do('check_availability', { service: 'BOTOX' });
    expect(data.from).toBe('2027-03-08');
    expect(data.slotsFound).toBeGreaterThan(100);
  });

  test('a part of a day is enough, and only that part of it is offered', async () => {
    const look = (when: string) => agent.do('check_availability', { service: 'Botox', when });
    const { say, data } = await look('tomorrow afternoon');
    expect(data.slots[0].localStart).toBe('2027-03-09T12:00:00-06:00');
    expect(
      data.slots.map(({ localStart }: { localStart: string }) => Number(localStart.slice(11, 13)) >= 12),
    ).not.toContain(false);
    expect(say).toMatch(/^Botox is free tomorrow, Tuesday, March 9, at 12:00 PM, .* PM\.$/);
    expect((await look('Friday morning')).data.slots.at(-1).localStart).toBe('2027-03-12T11:45:00-06:00');
  });

  test('a part of a day that has nothing is said, with what is near it that day', async () => {
    const { say, data } = await agent.do('check_availability', { service: 'Botox', when: 'Sunday evening' });
    expect(say).toBe('Sorry, that time is not free; I could offer Sunday, March 14, at 3:00 PM, 3:15 PM or 3:30 PM.');
    expect(data.slots[0].localStart).toBe('2027-03-14T15:30:00-05:00');
  });

  test('looks further when the day has nothing, and gives the telephone number when nothing has', async () => {
    const shut = await buildSpa(t.ctx, { providers: { ANNA: [] } });
    const key = await makeKey(t, shut.propertyId);
    const there = openAgent(t, shut.slug, key);
    const { say, data } = await there.do('check_availability', { when: 'tomorrow' });
    expect(say).toBe('Sorry, facial is not free on Tuesday, March 9; you can also call us at +1 312 555 0142.');
    expect(data).toMatchObject({ slots: [], phone: '+1 312 555 0142' });
  });

  test('finds rooms, with what they cost in all', async () => {
    const hotel = openAgent(t, 'harbour-hotel');
    const { say, data } = await hotel.do('check_availability', { checkIn: 'Friday', checkOut: 'Sunday', adults: 2 });
    expect(say).toMatch(/^There is .* in all.* from Friday, March 12, to Sunday, March 14\.$/);
    expect(data).toMatchObject({ checkIn: '2027-03-12', checkOut: '2027-03-14', nights: 2 });
  });
});

describe('get_quote', () => {
  test('is the price the website quotes, to the cent', async () => {
    const wish = { kind: 'APPOINTMENT', service: 'LASER', startsAt: '2027-03-16T15:00' };
    const { body } = await t.call('POST', '/v1/public/properties/glow-medspa/quotes', { body: wish });
    const { say, data } = await agent.do('get_quote', { service: 'Laser', startsAt: '2027-03-16T15:00' });
    expect(data.price).toEqual(body.price);
    expect(say).toBe('Laser hair removal, Tuesday, March 16, at 3:00 PM, is $180.00.');
  });

  test('says when it can not be had then', async () => {
    const { say, data } = await agent.do('get_quote', { service: 'Laser', when: 'tomorrow at 7 pm' });
    expect(data.reason).toBe('CLOSED');
    expect(say).toMatch(/but it can not be had then/);
  });

  test('asks for the time when only the day is said', async () => {
    expect(await agent.call('get_quote', { service: 'Laser', when: 'tomorrow' })).toMatchObject(
      asks('time', /^What time would suit you on Tuesday, March 9\?$/),
    );
  });

  test('prices a stay and a party as the website does', async () => {
    const hotel = openAgent(t, 'harbour-hotel');
    const { data } = await hotel.do('get_quote', { roomType: 'suite', checkIn: 'Friday', checkOut: 'Sunday' });
    expect(data).toMatchObject({ roomType: 'SUITE', reason: null, price: { currency: 'EUR' } });
    const grill = openAgent(t, 'ember-hibachi');
    const party = { adults: 12, children: 5, zone: 'B', when: '2027-03-20 at 6 pm' };
    const quote = await grill.do('get_quote', party);
    expect(quote.data.price.depositDue).toBeGreaterThan(0);
    expect(quote.say).toMatch(/of which \$[\d.]+ is due now/);
  });
});

describe('create_booking', () => {
  test('books by the agent’s key and reads back what and when', async () => {
    const { say, data } = await agent.do('create_booking', {
      ...facial,
      when: 'next Wednesday at 11 am',
      provider: 'ryan',
    });
    const { code } = data.booking;
    expect(say).toBe(`It is booked: Facial with Ryan, Wednesday, March 10, at 11:00 AM. The booking code is ${code}.`);
    expect(data.booking).toMatchObject({
      kind: 'APPOINTMENT',
      status: 'CONFIRMED',
      service: 'FACIAL',
      provider: 'RYAN',
      localStart: '2027-03-10T11:00:00-06:00',
      price: { totalPayable: 12_000, currency: 'USD' },
    });
    const [row] = await t.database.sql(
      `SELECT b.source, e.actor_type, k.name FROM bookings b JOIN booking_events e ON e.booking_id = b.id
       JOIN api_keys k ON k.id::text = e.actor_id WHERE b.code = $1`,
      [code],
    );
    expect(row).toEqual({ source: 'AI_RECEPTIONIST', actor_type: 'AGENT', name: 'Demo receptionist' });
  });

  test('is on the provider’s list of the staff at once', async () => {
    const { code } = await agent.book('Thursday at 2 pm', { provider: 'Danielle' });
    const token = await t.tokenFor('owner@glow-medspa.example');
    const { body } = await t.call(
      'GET',
      '/v1/staff/properties/glow-medspa/bookings?provider=DANIELLE&source=AI_RECEPTIONIST',
      {
        token,
      },
    );
    const found = body.items.find((item: { code: string }) => item.code === code);
    expect(found).toMatchObject({ appointment: { service: 'FACIAL', localStart: '2027-03-11T14:00:00-06:00' } });
  });

  test('says until when an unpaid time is held, and where it is paid', async () => {
    const grill = openAgent(t, 'ember-hibachi');
    const party = { adults: 12, children: 5, zone: 'B', when: '2027-03-21 at 6 pm', guest: dana };
    const address = { line1: '1 Main St', city: 'Sacramento', postalCode: '95814', country: 'us' };
    const { say, data } = await grill.do('create_booking', { ...party, zone: null, address });
    expect(data.booking).toMatchObject({ status: 'PENDING_PAYMENT', reservationSecondsLeft: 600 });
    expect(data.manageUrl).toMatch(/\/manage#/);
    expect(say).toMatch(/^I am holding Hibachi.* to be paid by the link until .* to confirm it\.$/);
    expect(JSON.stringify(data)).not.toContain('Main St');
  });

  test('books a room, held until it is paid', async () => {
    const hotel = openAgent(t, 'harbour-hotel');
    const nights = { checkIn: '2027-05-14', checkOut: '2027-05-16' };
    const { data } = await hotel.do('create_booking', { roomType: 'Suite', ...nights, guest: dana });
    expect(data.booking).toMatchObject({
      kind: 'STAY',
      status: 'PENDING_PAYMENT',
      roomType: 'SUITE',
      ...nights,
      nights: 2,
    });
  });

  test('a dry run books nothing', async () => {
    const [before] = await t.database.sql('SELECT count(*) FROM bookings');
    const headers = { prefer: 'dry-run' };
    const { data, say } = await agent.do('create_booking', { ...facial, when: 'Saturday at 9 am' }, { headers });
    expect(data).toMatchObject({ booking: { code: 'DRY-RUN' }, manageUrl: null });
    expect(say).toContain('DRY-RUN');
    expect(await t.database.sql('SELECT count(*) FROM bookings')).toEqual([before]);
  });

  test('a taken time is refused with three or more that can really be had', async () => {
    const time = { startsAt: '2027-03-18T10:00', provider: 'DANIELLE' };
    await agent.do('create_booking', { ...facial, ...time });
    const answer = await agent.call('create_booking', { ...facial, ...time });
    expect(answer).toMatchObject(
      refused('slot_taken', /^Sorry, that time is taken; I could offer Thursday, March 18, at /),
    );
    const { alternatives } = answer.body.problem;
    expect(alternatives.length).toBeGreaterThanOrEqual(3);
    const [{ startsAt, provider }] = alternatives;
    expect((await agent.do('create_booking', { ...facial, startsAt, provider })).ok).toBe(true);
  });

  test.each([
    ['outside_hours', { when: 'tomorrow at 7 pm' }, /not open.*I could offer/],
    ['past_time', { startsAt: '2027-03-08T08:00' }, /has passed.*I could offer/],
    ['past_time', { when: 'yesterday at 3 pm' }, /has passed/],
    ['notice_too_short', { startsAt: '2027-03-08T09:15' }, /short notice.*I could offer/],
    ['start_not_offered', { startsAt: '2027-03-09T09:07' }, /do not begin at that minute.*I could offer/],
    ['beyond_booking_window', { startsAt: '2028-12-12T10:00' }, /further ahead.*call us at/],
    ['occupancy_exceeded', { startsAt: '2027-03-09T09:00', adults: 5 }, /more people/],
    ['local_time_skipped', { startsAt: '2027-03-14T02:30' }, /clocks go forward/],
    ['local_time_ambiguous', { startsAt: '2027-11-07T01:30' }, /clocks go back/],
    [
      'not_found',
      { startsAt: '2027-03-09T09:00', service: 'Massage' },
      /but there is Facial, Botox or Laser hair removal/,
    ],
    ['not_found', { startsAt: '2027-03-09T09:00', provider: 'Zoe' }, /but there is Danielle or Ryan/],
  ] as const)('%s is said in words: %j', async (code, args, say) => {
    expect(await agent.call('create_booking', { ...facial, ...args })).toMatchObject(refused(code, say));
  });

  test.each([
    [{ when: 'tomorrow at 3 pm', service: 'Facial' }, 'guest', /your name and your e-mail/],
    [
      { ...facial, when: 'tomorrow at 3 pm', guest: { ...dana, email: 'dana at example' } },
      'guest.email',
      /spell your e-mail/,
    ],
    [{ ...facial, when: 'tomorrow at 3 pm', service: '' }, 'service', /Which service would you like: Facial, Botox or/],
    [facial, 'when', /Which day and time/],
    [{ ...facial, when: 'tomorrow in the morning' }, 'when', /What time in the morning/],
    [{ ...facial, when: 'blursday' }, 'when', /which day and time do you mean/],
    [{ ...facial, when: 'tomorrow at 3 pm', startsAt: '2027-03-10T15:00' }, 'startsAt', /did you mean/],
    [{ ...facial, when: 'tomorrow at 3 pm', vip: true }, 'vip', /let me try again/],
    [{ ...facial, when: 3 }, 'when', /Which day and time/],
  ])('asks for what is missing or not clear: %j', async (args, path, say) => {
    expect(await agent.call('create_booking', args)).toMatchObject(asks(path, say));
  });

  test('an address too far away, and none at all, are said in words', async () => {
    const grill = openAgent(t, 'ember-hibachi');
    const party = { adults: 12, when: '2027-03-22 at 6 pm', guest: dana };
    expect(await grill.call('create_booking', party)).toMatchObject(asks('address', /What is the address/));
    const address = { line1: '1 Main St', city: 'New York', postalCode: '10001', country: 'US' };
    expect(await grill.call('create_booking', { ...party, address })).toMatchObject(
      refused('outside_zone', /outside the area/),
    );
  });
});

describe('what is no business of the caller’s is no answer', () => {
  test('a tool there is not is 404', async () => {
    expect(await agent.call('drop_tables')).toMatchObject(refusal('not_found'));
  });

  test('what is no JSON object is 400', async () => {
    const post = (body: string) =>
      t.call('POST', `${agent.path}/list_services`, {
        token: agent.token,
        body,
        headers: { 'content-type': 'application/json' },
      });
    for (const body of ['{', '[]', '"x"', '3']) expect(await post(body)).toMatchObject(refusal('validation_failed'));
  });

  test('a property that is not live is 404', async () => {
    const closed = await buildSpa(t.ctx, { property: { status: 'SUSPENDED' } });
    const there = openAgent(t, closed.slug, await makeKey(t, closed.propertyId));
    expect(await there.call('list_services')).toMatchObject(refusal('not_found'));
  });
});
