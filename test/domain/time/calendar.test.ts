import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import {
  addDays,
  countDays,
  dateInZone,
  isPlainDate,
  listDates,
  startOfDate,
  toPlainDate,
} from '../../../src/domain/time/calendar.ts';
import { cases } from '../../support/tier/trials.ts';

const pad = (value: number, width: number) => String(value).padStart(width, '0');
const aDate = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const anInstant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });
const aZone = fc.constantFrom(
  ...['Europe/Dublin', 'Asia/Kolkata', 'America/Los_Angeles', 'America/Chicago', 'America/Santiago', 'Africa/Cairo'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC'],
);

test.each(['2026-01-01', '2028-02-29', '2000-02-29', '2026-12-31', '2026-04-30'])('%s is a date', (text) => {
  expect(isPlainDate(text)).toBe(true);
});

test.each([
  ...['2026-02-29', '2026-02-30', '1900-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-32'],
  ...['2026-1-1', '26-01-01', '2026/01/01', '20260101', '2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01\n'],
  ...['+002026-01-01', '-002026-01-01', 'today', ''],
])('%j is no date', (text) => {
  expect(isPlainDate(text)).toBe(false);
});

test('a date exists exactly where Temporal says so', () => {
  const parts = fc.tuple(
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ max: 13, min: 0 }),
    fc.integer({ max: 32, min: 0 }),
  );
  fc.assert(
    fc.property(parts, ([year, month, day]) => {
      const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
      expect(isPlainDate(text)).toBe(existsForTemporal({ year, month, day }));
    }),
    cases('time', 2_000),
  );
});

function existsForTemporal(parts: { year: number; month: number; day: number }): boolean {
  try {
    Temporal.PlainDate.from(parts, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['2026-12-31', 1, '2027-01-01'],
  ['2028-02-28', 1, '2028-02-29'],
  ['2027-02-28', 1, '2027-03-01'],
  ['2027-03-01', -1, '2027-02-28'],
  ['2027-03-28', 1, '2027-03-29'],
  ['2027-01-01', 0, '2027-01-01'],
  ['2026-01-01', 365, '2027-01-01'],
])('%s and %i days is %s', (date, days, later) => {
  expect(addDays(date, days)).toBe(later);
});

test('days are added and counted as Temporal adds and counts them', () => {
  fc.assert(
    fc.property(aDate, fc.integer({ min: -1_000, max: 1_000 }), (date, days) => {
      const later = Temporal.PlainDate.from(date).add({ days }).toString();
      expect(addDays(date, days)).toBe(later);
      expect(countDays(date, later)).toBe(days);
      expect(countDays(later, date) + days).toBe(0);
    }),
    cases('time', 1_000),
  );
});

test('dates sort as text in the order of the calendar', () => {
  fc.assert(
    fc.property(aDate, aDate, (a, b) => {
      expect(Math.sign(countDays(a, b))).toBe(a < b ? 1 : a > b ? -1 : 0);
    }),
  );
});

test('the dates of a range include its start and not its end', () => {
  expect(listDates('2027-02-27', '2027-03-02')).toEqual(['2027-02-27', '2027-02-28', '2027-03-01']);
  expect(listDates('2027-02-27', '2027-02-28')).toEqual(['2027-02-27']);
});

test('a range that ends where it begins, or before, has no dates', () => {
  expect(listDates('2027-02-27', '2027-02-27')).toEqual([]);
  expect(listDates('2027-02-27', '2027-02-20')).toEqual([]);
});

test('the dates of a range follow each other without a gap', () => {
  fc.assert(
    fc.property(aDate, fc.integer({ min: 1, max: 400 }), (from, days) => {
      const dates = listDates(from, addDays(from, days));
      expect(dates).toHaveLength(days);
      expect(dates[0]).toBe(from);
      dates.slice(1).forEach((date, index) => {
        expect(countDays(dates[index] ?? '', date)).toBe(1);
      });
    }),
  );
});

test('a midnight in UTC is its date, and an instant that is none is no date', () => {
  expect(toPlainDate(new Date('2027-05-14T00:00:00Z'))).toBe('2027-05-14');
  expect(toPlainDate(new Date('no date'))).toBe('');
});

test.each([
  ['2027-05-14T23:30:00Z', 'Europe/Dublin', '2027-05-15'],
  ['2027-01-14T23:30:00Z', 'Europe/Dublin', '2027-01-14'],
  ['2027-05-14T18:29:59Z', 'Asia/Kolkata', '2027-05-14'],
  ['2027-05-14T18:30:00Z', 'Asia/Kolkata', '2027-05-15'],
  ['2027-05-14T06:59:59Z', 'America/Los_Angeles', '2027-05-13'],
  ['2027-05-14T10:00:00Z', 'Pacific/Kiritimati', '2027-05-15'],
])('at %s it is in %s the %s', (instant, timezone, date) => {
  expect(dateInZone(new Date(instant), timezone)).toBe(date);
});

test('the date in a zone is the one that a calendar on the wall there shows', () => {
  fc.assert(
    fc.property(anInstant, aZone, (instant, timeZone) => {
      const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
      expect(dateInZone(instant, timeZone)).toBe(new Intl.DateTimeFormat('en-CA', options).format(instant));
    }),
  );
});

test.each([
  // Dublin leaves standard time at 01:00 UTC on 28 March 2027 and comes back on 31 October: 23 and 25 hours.
  ['Europe/Dublin', '2027-03-28', '2027-03-28T00:00:00.000Z', 23],
  ['Europe/Dublin', '2027-03-29', '2027-03-28T23:00:00.000Z', 24],
  ['Europe/Dublin', '2027-10-31', '2027-10-30T23:00:00.000Z', 25],
  ['Europe/Dublin', '2027-11-01', '2027-11-01T00:00:00.000Z', 24],
  // In Santiago midnight does not exist on 6 September 2026: the day begins at 01:00 (UTC-3).
  ['America/Santiago', '2026-09-05', '2026-09-05T04:00:00.000Z', 24],
  ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', 23],
  ['America/Santiago', '2026-09-07', '2026-09-07T03:00:00.000Z', 24],
  // On 4 April 2026 its last hour comes twice.
  ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00.000Z', 25],
  ['America/Santiago', '2026-04-05', '2026-04-05T04:00:00.000Z', 24],
  // In Cairo midnight does not exist on 24 April 2026: the day begins at 01:00 (UTC+3).
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
  ['Asia/Kolkata', '2027-05-14', '2027-05-13T18:30:00.000Z', 24],
])('in %s, %s begins at %s and has %i hours', (timezone, date, begins, hours) => {
  const start = startOfDate(date, timezone);
  expect(start.toISOString()).toBe(begins);
  expect((startOfDate(addDays(date, 1), timezone).getTime() - start.getTime()) / 3_600_000).toBe(hours);
});

test('a date begins at the first instant that has it', () => {
  const someDate = fc.integer({ min: 0, max: 5_000 }).map((days) => addDays('2021-01-01', days));
  fc.assert(
    fc.property(someDate, aZone, (date, timezone) => {
      const start = startOfDate(date, timezone);
      expect(dateInZone(start, timezone)).toBe(date);
      expect(dateInZone(new Date(start.getTime() - 1), timezone)).toBe(addDays(date, -1));
    }),
    cases('time', 500),
  );
});

test('dates are counted as another calendar counts them, over all of 0001 to 9999', () => {
  const dates = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9990-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, fc.integer({ min: -300, max: 3_000 }), (instant, days) => {
      const date = Temporal.PlainDate.from(instant.toISOString().slice(0, 10));
      const later = date.add({ days });
      fc.pre(later.year > 0);
      expect(addDays(date.toString(), days)).toBe(later.toString());
      expect(countDays(date.toString(), later.toString())).toBe(days);
    }),
    cases('time', 5_000),
  );
});
