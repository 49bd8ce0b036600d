import { expect, test } from 'vitest';
import { explainSlot, listSlots } from '../../../src/domain/availability/slots.ts';
import type { SlotProvider } from '../../../src/domain/availability/slots.ts';
import { formatLocal } from '../../../src/domain/time/wall-time.ts';

const TERMS = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0, earliest: -Infinity, latest: Infinity };

/** Opening hours of dates, as `HH:MM-HH:MM`, and what is offered then, as the clock shows it. */
interface Day {
  timezone: string;
  open: Record<string, string>;
  /** The dates asked for; those of `open` unless said. */
  from?: string;
  to?: string;
  step?: number;
  duration?: number;
}

function buildProvider(open: Record<string, string>): SlotProvider {
  const exceptions = Object.entries(open).map(([date, text]) => {
    const [from = 0, to = 0] = text.split('-').map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
    return [date, [{ from, to }]] as const;
  });
  return { code: 'ana', weekly: {}, exceptions: Object.fromEntries(exceptions), busy: [] };
}

function list({ timezone, open, step = 30, duration = 30, ...dates }: Day): string[] {
  const { from = Object.keys(open)[0] ?? '', to = Object.keys(open).at(-1) ?? '' } = dates;
  const terms = { ...TERMS, timezone, stepMinutes: step, durationMinutes: duration };
  const provider = buildProvider(open);
  const slots = listSlots({ ...terms, from, to, providers: [provider] });
  for (const { startsAt } of slots) expect(explainSlot({ ...terms, provider, startsAt, now: -Infinity })).toBeNull();
  return slots.map(({ startsAt }) =>
    formatLocal(new Date(startsAt), timezone)
      .slice(8)
      .replace(/:00([+-])/, '$1'),
  );
}

// On 14 March 2027 the clocks of Chicago jump from 02:00 (-06:00) to 03:00 (-05:00): three hours on the wall are two.
const SPRING = { timezone: 'America/Chicago' };
// On 7 November 2027 they go back from 02:00 (-05:00) to 01:00 (-06:00): three hours on the wall are four.
const AUTUMN = { timezone: 'America/Chicago' };

test('an hour that the clocks skip is neither offered nor worked', () => {
  const open = { '2027-03-14': '01:00-04:00' };
  expect(list({ ...SPRING, open })).toEqual(['14T01:00-06:00', '14T01:30-06:00', '14T03:00-05:00', '14T03:30-05:00']);
  expect(list({ ...SPRING, open, duration: 60 })).toEqual(['14T01:00-06:00', '14T01:30-06:00', '14T03:00-05:00']);
  expect(list({ ...SPRING, open, duration: 120 })).toEqual(['14T01:00-06:00']);
  expect(list({ ...SPRING, open, duration: 121 })).toEqual([]);
  expect(list({ ...SPRING, open, step: 15, duration: 90 })).toEqual([
    ...['14T01:00-06:00', '14T01:15-06:00', '14T01:30-06:00'],
  ]);
});

test('opening hours that begin or end in a skipped hour begin or end with the jump', () => {
  expect(list({ ...SPRING, open: { '2027-03-14': '02:30-04:00' } })).toEqual(['14T03:00-05:00', '14T03:30-05:00']);
  expect(list({ ...SPRING, open: { '2027-03-14': '01:00-02:30' } })).toEqual(['14T01:00-06:00', '14T01:30-06:00']);
  expect(list({ ...SPRING, open: { '2027-03-14': '02:00-03:00' } })).toEqual([]);
});

test('an hour that comes twice is offered and worked twice', () => {
  const open = { '2027-11-07': '01:00-04:00' };
  expect(list({ ...AUTUMN, open })).toEqual([
    ...['07T01:00-05:00', '07T01:30-05:00', '07T01:00-06:00', '07T01:30-06:00'],
    ...['07T02:00-06:00', '07T02:30-06:00', '07T03:00-06:00', '07T03:30-06:00'],
  ]);
  expect(list({ ...AUTUMN, open, step: 15, duration: 225 })).toEqual(['07T01:00-05:00', '07T01:15-05:00']);
  expect(list({ ...AUTUMN, open, duration: 240 })).toEqual(['07T01:00-05:00']);
  expect(list({ ...AUTUMN, open, duration: 241 })).toEqual([]);
});

test('hours that begin in a time that comes twice begin with its first, and those that end in it with its second', () => {
  expect(list({ ...AUTUMN, open: { '2027-11-07': '01:30-02:30' } })).toEqual([
    ...['07T01:30-05:00', '07T01:00-06:00', '07T01:30-06:00', '07T02:00-06:00'],
  ]);
  expect(list({ ...AUTUMN, open: { '2027-11-07': '00:30-01:30' } })).toEqual([
    ...['07T00:30-05:00', '07T01:00-05:00', '07T01:30-05:00', '07T01:00-06:00'],
  ]);
});

test('hours that end where the repeated hour begins are not an hour longer', () => {
  expect(list({ ...AUTUMN, open: { '2027-11-07': '00:00-01:00' } })).toEqual(['07T00:00-05:00', '07T00:30-05:00']);
});

test('on Lord Howe half an hour is skipped and comes twice', () => {
  const timezone = 'Australia/Lord_Howe';
  expect(list({ timezone, open: { '2027-10-03': '01:00-03:00' } })).toEqual([
    ...['03T01:00+10:30', '03T01:30+10:30', '03T02:30+11:00'],
  ]);
  expect(list({ timezone, open: { '2027-04-04': '01:00-03:00' } })).toEqual([
    ...['04T01:00+11:00', '04T01:30+11:00', '04T01:30+10:30', '04T02:00+10:30', '04T02:30+10:30'],
  ]);
});

test('in Santiago a date without a midnight begins at one, and the night before runs into it', () => {
  const timezone = 'America/Santiago';
  expect(list({ timezone, open: { '2026-09-06': '00:00-02:00' } })).toEqual(['06T01:00-03:00', '06T01:30-03:00']);
  const open = { '2026-09-05': '23:00-24:00', '2026-09-06': '00:00-02:00' };
  expect(list({ timezone, open, duration: 90 })).toEqual(['05T23:00-04:00', '05T23:30-04:00']);
  expect(list({ timezone, open, step: 1_440 })).toEqual([]);
});

test('in Santiago the last hour of a date comes twice and belongs to it', () => {
  const open = { '2026-04-04': '22:00-24:00' };
  expect(list({ timezone: 'America/Santiago', open, step: 60, duration: 60 })).toEqual([
    ...['04T22:00-03:00', '04T23:00-03:00', '04T23:00-04:00'],
  ]);
});

test('in Havana, where midnight comes twice, the evening ends with the first and the morning begins with it', () => {
  const timezone = 'America/Havana';
  expect(list({ timezone, open: { '2027-11-06': '23:00-24:00' } })).toEqual(['06T23:00-04:00', '06T23:30-04:00']);
  expect(list({ timezone, open: { '2027-11-07': '00:00-01:00' }, step: 1_440 })).toEqual([
    ...['07T00:00-04:00', '07T00:00-05:00'],
  ]);
});

test('in Nuuk, where the last hour of a date is skipped, the evening ends with the jump', () => {
  const open = { '2027-03-27': '22:30-24:00', '2027-03-28': '00:00-00:30' };
  expect(list({ timezone: 'America/Nuuk', open })).toEqual(['27T22:30-02:00', '28T00:00-01:00']);
  expect(list({ timezone: 'America/Nuuk', open, duration: 60 })).toEqual(['27T22:30-02:00']);
});

test('where clocks were set back from just after midnight, the evening lasts until midnight comes for good', () => {
  // St. John's, 7 November 2010: from 00:01 (-02:30) back to 23:01 (-03:30) of the day before.
  const night = { timezone: 'America/St_Johns', open: { '2010-11-06': '23:00-24:00' }, step: 20, duration: 20 };
  expect(list(night)).toEqual([
    ...['06T23:00-02:30', '06T23:20-02:30', '06T23:40-02:30', '06T23:20-03:30', '06T23:40-03:30'],
  ]);
  expect(list({ ...night, from: '2010-11-07', to: '2010-11-07' })).toEqual(['07T00:00-02:30']);
});

test('a date that a zone skipped has no starts, and those around it have theirs', () => {
  const open = { '2011-12-29': '23:00-24:00', '2011-12-30': '00:00-24:00', '2011-12-31': '00:00-00:30' };
  expect(list({ timezone: 'Pacific/Apia', open })).toEqual(['29T23:00-10:00', '29T23:30-10:00', '31T00:00+14:00']);
  expect(list({ timezone: 'Pacific/Apia', open, duration: 90 })).toEqual(['29T23:00-10:00']);
});

test('an offset of quarter hours moves no start off the wall clock', () => {
  expect(list({ timezone: 'Asia/Kathmandu', open: { '2027-05-14': '09:00-10:00' } })).toEqual([
    ...['14T09:00+05:45', '14T09:30+05:45'],
  ]);
});
