import { expect, test } from 'vitest';
import { explainSlot, listSlots } from '../../../src/domain/availability/slots.ts';
import type { SlotProvider, SlotSearch, SlotRequest } from '../../../src/domain/availability/slots.ts';
import { parseStart, formatLocal } from '../../../src/domain/time/wall-time.ts';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const ALL_DAY = { from: 0, to: 1_440 };

/** `09:00-17:00`, … as opening ranges. */
function hours(...texts: string[]) {
  return texts.map((text) => {
    const [from = 0, to = 0] = text.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
    return { from, to };
  });
}

function buildProvider(overrides: Partial<SlotProvider> = {}): SlotProvider {
  const weekly = Object.fromEntries(EVERY_DAY.map((day) => [day, hours('09:00-11:00')]));
  return { code: 'ana', weekly, exceptions: {}, busy: [], ...overrides };
}

function openOn(dates: Record<string, ReturnType<typeof hours>>, overrides: Partial<SlotProvider> = {}): SlotProvider {
  return buildProvider({ weekly: {}, exceptions: dates, ...overrides });
}

function ask(overrides: Partial<SlotSearch> = {}): SlotSearch {
  return {
    timezone: 'Europe/Dublin',
    from: '2027-05-14',
    to: overrides.from ?? '2027-05-14',
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    stepMinutes: 30,
    earliest: 0,
    latest: Infinity,
    providers: [buildProvider()],
    ...overrides,
  };
}

/** The offered starts as the clock shows them. */
function list(overrides: Partial<SlotSearch>): string[] {
  const question = ask(overrides);
  return listSlots(question).map(({ startsAt }) =>
    formatLocal(new Date(startsAt), question.timezone).replace(':00+', '+').replace(':00-', '-').slice(5),
  );
}

/** An instant by its wall time in Dublin. */
function at(text: string): number {
  const start = parseStart(text, 'Europe/Dublin');
  if (!('instant' in start)) throw new Error(`${text} is no time`);
  return start.instant.getTime();
}

const busy = (from: string, until: string) => ({ from: at(from), until: at(until) });

test('every start on the step from which the service ends before closing is offered', () => {
  expect(list({})).toEqual(['05-14T09:00+01:00', '05-14T09:30+01:00', '05-14T10:00+01:00', '05-14T10:30+01:00']);
  expect(list({ durationMinutes: 120 })).toEqual(['05-14T09:00+01:00']);
  expect(list({ durationMinutes: 121 })).toEqual([]);
});

test('both dates are included, and no others', () => {
  const starts = list({ from: '2027-05-14', to: '2027-05-16', stepMinutes: 60, durationMinutes: 90 });
  expect(starts).toEqual(['05-14T09:00+01:00', '05-15T09:00+01:00', '05-16T09:00+01:00']);
  expect(list({ from: '2027-05-16', to: '2027-05-14' })).toEqual([]);
});

test('each weekday has its own hours, Monday being 1', () => {
  // 17 May 2027 is a Monday.
  const weekly = { 1: hours('09:00-09:30'), 2: hours('10:00-10:30'), 7: hours('11:00-11:30') };
  const starts = list({ from: '2027-05-16', to: '2027-05-18', providers: [buildProvider({ weekly })] });
  expect(starts).toEqual(['05-16T11:00+01:00', '05-17T09:00+01:00', '05-18T10:00+01:00']);
});

test('an exception replaces the hours of its weekday, and an empty one closes the day', () => {
  const exceptions = { '2027-05-14': [], '2027-05-15': hours('20:00-20:30') };
  const providers = [buildProvider({ exceptions })];
  expect(list({ to: '2027-05-15', providers })).toEqual(['05-15T20:00+01:00']);
});

test('hours that touch or overlap are one, also across midnight', () => {
  const providers = [
    openOn({
      '2027-05-14': hours('09:00-09:30', '09:30-10:00', '09:45-10:15', '23:00-24:00'),
      '2027-05-15': hours('00:00-00:30'),
    }),
  ];
  expect(list({ providers, durationMinutes: 75 })).toEqual(['05-14T09:00+01:00', '05-14T23:00+01:00']);
  expect(list({ providers, durationMinutes: 90 })).toEqual(['05-14T23:00+01:00']);
  expect(list({ providers, from: '2027-05-15' })).toEqual(['05-15T00:00+01:00']);
});

test('a service may last for days where it is never closed', () => {
  const weekly = Object.fromEntries(EVERY_DAY.map((day) => [day, [ALL_DAY]]));
  const providers = [buildProvider({ weekly, exceptions: { '2027-05-17': hours('00:00-12:00') } })];
  const question = { providers, to: '2027-05-16', stepMinutes: 720, durationMinutes: 2_880 };
  expect(list(question)).toEqual(['05-14T00:00+01:00', '05-14T12:00+01:00', '05-15T00:00+01:00', '05-15T12:00+01:00']);
});

test('what is taken may touch a service and not overlap it', () => {
  const free = buildProvider({ busy: [busy('2027-05-14T09:30', '2027-05-14T10:00')] });
  expect(list({ providers: [free] })).toEqual(['05-14T09:00+01:00', '05-14T10:00+01:00', '05-14T10:30+01:00']);
  expect(list({ providers: [free], durationMinutes: 31 })).toEqual(['05-14T10:00+01:00']);
  const later = buildProvider({ busy: [{ from: at('2027-05-14T09:30') - 1, until: at('2027-05-14T10:00') + 1 }] });
  expect(list({ providers: [later] })).toEqual(['05-14T10:30+01:00']);
});

test('what is taken may come in any order and overlap, and an empty range takes nothing', () => {
  const taken = [
    busy('2027-05-14T10:15', '2027-05-14T10:20'),
    busy('2027-05-14T08:00', '2027-05-14T09:15'),
    busy('2027-05-14T10:00', '2027-05-14T10:30'),
    busy('2027-05-14T09:40', '2027-05-14T09:40'),
  ];
  expect(list({ providers: [buildProvider({ busy: taken })] })).toEqual(['05-14T09:30+01:00', '05-14T10:30+01:00']);
});

test('buffers keep clear of what is taken, and may lie outside the hours', () => {
  const free = buildProvider({ busy: [busy('2027-05-14T10:00', '2027-05-14T10:05')] });
  const buffers = { bufferBeforeMinutes: 15, bufferAfterMinutes: 30, providers: [free] };
  expect(list({ ...buffers, stepMinutes: 5 })).toEqual([
    '05-14T09:00+01:00',
    '05-14T10:20+01:00',
    '05-14T10:25+01:00',
    '05-14T10:30+01:00',
  ]);
  expect(list({ ...buffers, providers: [buildProvider()] })).toHaveLength(4);
});

test('a start lies neither before the notice nor after the booking window, and both limits are included', () => {
  const limits = { earliest: at('2027-05-14T09:30'), latest: at('2027-05-14T10:00') };
  expect(list(limits)).toEqual(['05-14T09:30+01:00', '05-14T10:00+01:00']);
  expect(list({ earliest: limits.earliest + 1, latest: limits.latest - 1 })).toEqual([]);
});

test('the step counts from midnight of each day, not from opening, also where it does not divide the hour or the day', () => {
  const providers = [buildProvider({ weekly: { 5: hours('09:10-11:00') } })];
  expect(list({ providers, stepMinutes: 40 })).toEqual(['05-14T09:20+01:00', '05-14T10:00+01:00']);
  const night = [openOn({ '2027-05-14': hours('22:00-24:00'), '2027-05-15': hours('00:00-02:00') })];
  expect(list({ providers: night, to: '2027-05-15', stepMinutes: 50 })).toEqual([
    '05-14T22:30+01:00',
    '05-14T23:20+01:00',
    '05-15T00:00+01:00',
    '05-15T00:50+01:00',
  ]);
});

test('a step of a whole day offers midnight alone', () => {
  const weekly = Object.fromEntries(EVERY_DAY.map((day) => [day, [ALL_DAY]]));
  const question = { providers: [buildProvider({ weekly })], to: '2027-05-15', stepMinutes: 1_440 };
  expect(list(question)).toEqual(['05-14T00:00+01:00', '05-15T00:00+01:00']);
});

test('a slot names who is free for it in the order given, and is not there when nobody is', () => {
  const ana = buildProvider({ busy: [busy('2027-05-14T09:30', '2027-05-14T10:30')] });
  const ben = buildProvider({ code: 'ben', busy: [busy('2027-05-14T10:00', '2027-05-14T11:00')] });
  expect(listSlots(ask({ providers: [ben, ana] }))).toEqual([
    { startsAt: at('2027-05-14T09:00'), providers: ['ben', 'ana'] },
    { startsAt: at('2027-05-14T09:30'), providers: ['ben'] },
    { startsAt: at('2027-05-14T10:30'), providers: ['ana'] },
  ]);
  expect(listSlots(ask({ providers: [] }))).toEqual([]);
});

test('a service without a duration or a step is a mistake in the code', () => {
  expect(() => listSlots(ask({ stepMinutes: 0 }))).toThrow('Bug');
  expect(() => listSlots(ask({ durationMinutes: 0 }))).toThrow('Bug');
});

function explain(start: string, overrides: Partial<SlotRequest> = {}) {
  const provider = buildProvider({ busy: [busy('2027-05-14T10:00', '2027-05-14T10:30')] });
  return explainSlot({ ...ask(), provider, now: 0, startsAt: at(start), ...overrides });
}

test.each([
  ['2027-05-14T09:00', null],
  ['2027-05-14T09:30', null],
  ['2027-05-14T10:00', 'TAKEN'],
  ['2027-05-14T10:30', null],
  ['2027-05-14T11:00', 'CLOSED'],
  ['2027-05-14T10:45', 'CLOSED'],
  ['2027-05-14T08:30', 'CLOSED'],
  ['2027-05-14T09:15', 'OFF_GRID'],
  ['2027-05-14T09:00:30', 'OFF_GRID'],
])('asked for %s, the reason is %j', (start, reason) => {
  expect(explain(start)).toBe(reason);
});

test('staff may place a start off the step, and nowhere else', () => {
  expect(explain('2027-05-14T09:10', { allowsOffGrid: true })).toBeNull();
  expect(explain('2027-05-14T09:31', { allowsOffGrid: true })).toBe('TAKEN');
  expect(explain('2027-05-14T10:31', { allowsOffGrid: true })).toBe('CLOSED');
});

test('a start keeps buffers to what is taken, to the millisecond', () => {
  expect(explain('2027-05-14T09:00', { bufferAfterMinutes: 30 })).toBeNull();
  expect(explain('2027-05-14T09:00', { bufferAfterMinutes: 31 })).toBe('TAKEN');
  expect(explain('2027-05-14T10:30', { bufferBeforeMinutes: 1 })).toBe('TAKEN');
});

test('the reason that stands longest is told first, and limits are included', () => {
  const start = at('2027-05-14T10:00');
  expect(explain('2027-05-14T10:00', { now: start + 1, latest: 0, earliest: Infinity })).toBe('PAST');
  expect(explain('2027-05-14T10:00', { now: start, latest: start - 1, earliest: Infinity })).toBe('WINDOW');
  expect(explain('2027-05-14T10:00', { now: start, latest: start, earliest: start + 1 })).toBe('NOTICE');
  expect(explain('2027-05-14T10:30', { now: at('2027-05-14T10:30') })).toBeNull();
  expect(explain('2027-05-14T10:30', { latest: at('2027-05-14T10:30'), earliest: at('2027-05-14T10:30') })).toBeNull();
  expect(explain('2027-05-14T08:50')).toBe('CLOSED');
});
