import { expect, test } from 'vitest';
import { describeDate, describeStart, resolveSpokenTime } from '../../../src/domain/speech/spoken-time/spoken-time.ts';
import { parseStart } from '../../../src/domain/time/wall-time.ts';

/** Tuesday, 18 May 2027, 10:00 in Chicago. */
const NOW = new Date('2027-05-18T15:00:00Z');
const CHICAGO = 'America/Chicago';

const hear = (when: string, now = NOW, timezone = CHICAGO) => resolveSpokenTime({ when, now, timezone });

test.each([
  ['2027-05-20', '2027-05-20'],
  ['2027/5/20', '2027-05-20'],
  ['today', '2027-05-18'],
  ['Tomorrow', '2027-05-19'],
  ['the day after tomorrow', '2027-05-20'],
  ['in 3 days', '2027-05-21'],
  ['in a week', '2027-05-25'],
  ['in two weeks', '2027-06-01'],
  ["in two weeks' time", '2027-06-01'],
  ['three days from now', '2027-05-21'],
  ['a week from today', '2027-05-25'],
  ['a week from tomorrow', '2027-05-26'],
  ['a week from Wednesday', '2027-05-26'],
  ['a week from Tuesday', '2027-06-01'],
  ['two weeks from next Friday', '2027-06-04'],
  // On a Tuesday: the bare name and "next" are a week later, "this" is today.
  ['Tuesday', '2027-05-25'],
  ['next Tuesday', '2027-05-25'],
  ['this Tuesday', '2027-05-18'],
  ['coming Tuesday', '2027-05-25'],
  ['Tuesday next week', '2027-05-25'],
  // On any other day all but the last are the first to come.
  ['wednesday', '2027-05-19'],
  ['on Wed.', '2027-05-19'],
  ['next Wednesday', '2027-05-19'],
  ['this coming Wednesday', '2027-05-19'],
  ['this Wednesday', '2027-05-19'],
  ['Wednesday next week', '2027-05-26'],
  ['next week on Wednesday', '2027-05-26'],
  ['Monday', '2027-05-24'],
  ['this Monday', '2027-05-24'],
  ['Monday next week', '2027-05-24'],
  ['Sunday next week', '2027-05-30'],
  ['May 18', '2027-05-18'],
  ['May 19th', '2027-05-19'],
  ['may the 19th', '2027-05-19'],
  ['the 19th of May', '2027-05-19'],
  ['19 May', '2027-05-19'],
  ['May 14', '2028-05-14'],
  ['May 14th, 2028', '2028-05-14'],
  ['14 May 2028', '2028-05-14'],
  ['Sept. 1st', '2027-09-01'],
  ['December thirty-first', '2027-12-31'],
  ['June twelfth', '2027-06-12'],
  ['5/20', '2027-05-20'],
  ['5/14', '2028-05-14'],
  ['5/14/2028', '2028-05-14'],
  ['05/14/28', '2028-05-14'],
  ['February 29', '2028-02-29'],
  ['the 21st', '2027-05-21'],
  ['the 17th', '2027-06-17'],
  ['the 31st', '2027-05-31'],
  ['Friday, May 21', '2027-05-21'],
  ['Friday the 21st', '2027-05-21'],
  ['tomorrow, Wednesday, May 19', '2027-05-19'],
  // The date is plain, so "next" is not measured against it.
  ['next Wednesday, May 26', '2027-05-26'],
])('on Tuesday, May 18, 2027, "%s" is %s', (when, date) => {
  expect(hear(when)).toEqual({ date, time: null });
});

test.each([
  ['3 pm', '15:00'],
  ['3pm', '15:00'],
  ['3 P.M.', '15:00'],
  ['3 p m', '15:00'],
  ['3:30pm', '15:30'],
  ['3.30 pm', '15:30'],
  ['three thirty pm', '15:30'],
  ['three forty-five PM', '15:45'],
  ['10:00 AM', '10:00'],
  ['12 am', '00:00'],
  ['12:30 pm', '12:30'],
  ['15:00', '15:00'],
  ['15:00:00', '15:00'],
  ['00:30', '00:30'],
  ['noon', '12:00'],
  ['12 noon', '12:00'],
  ['midnight', '00:00'],
  ['half past three', '15:30'],
  ['half past 9 pm', '21:30'],
  ['quarter past 4', '16:15'],
  ['a quarter to one', '12:45'],
  ['quarter to 8', '19:45'],
  ['7:45', '19:45'],
  ['a quarter to twelve', '11:45'],
  ['quarter to 12 pm', '11:45'],
  ['quarter to eight in the morning', '07:45'],
  ['quarter to 12 at night', '23:45'],
  ['quarter to 15', '14:45'],
  // Without AM or PM, and not as 24 hours are written: the hour of business.
  ['3', '15:00'],
  ['3:30', '15:30'],
  ["3 o'clock", '15:00'],
  ['3 o’clock', '15:00'],
  ['eight', '08:00'],
  ['8:00', '08:00'],
  ['11:59', '11:59'],
  ['12', '12:00'],
  ['1', '13:00'],
  ['7:30', '19:30'],
  ['07:30', '07:30'],
  ['03:00', '03:00'],
  ['15', '15:00'],
  ['7 in the morning', '07:00'],
  ['9 in the evening', '21:00'],
  ['8 at night', '20:00'],
  ['2 in the afternoon', '14:00'],
  ["7 o'clock in the morning", '07:00'],
  ['about 4 pm please', '16:00'],
])('at "%s" is at %s', (said, time) => {
  expect(hear(`tomorrow at ${said}`)).toEqual({ date: '2027-05-19', time });
  expect(hear(`at ${said}, on Wednesday`)).toEqual({ date: '2027-05-19', time });
  expect(resolveSpokenTime({ date: 'tomorrow', time: said, now: NOW, timezone: CHICAGO })).toEqual({
    date: '2027-05-19',
    time,
  });
});

test.each([
  ['Tuesday at 3 pm', { date: '2027-05-18', time: '15:00' }],
  ['Tuesday at 10 am', { date: '2027-05-18', time: '10:00' }],
  ['Tuesday at 9:59 am', { date: '2027-05-25', time: '09:59' }],
  ['next Tuesday at 3 pm', { date: '2027-05-25', time: '15:00' }],
  ['this Tuesday at 3 pm', { date: '2027-05-18', time: '15:00' }],
])('on a Tuesday at ten, "%s" is today only when that is still to come', (when, start) => {
  expect(hear(when)).toEqual(start);
});

test.each([
  ['today at midnight', '2027-05-19'],
  ['tonight at midnight', '2027-05-19'],
  ['tonight at 12', '2027-05-19'],
  ['tomorrow at midnight', '2027-05-19'],
  ['tomorrow night at midnight', '2027-05-20'],
])('"%s" is 00:00 of %s', (when, date) => {
  expect(hear(when)).toEqual({ date, time: '00:00' });
});

test.each([
  ['2027-05-20T15:00:00-05:00', '15:00'],
  ['2027-05-20T15:00', '15:00'],
  ['2027-05-20 15:00', '15:00'],
  ['2027-05-20T20:00:00Z', '15:00'],
])('what machines write is understood: %s', (when, time) => {
  expect(hear(when)).toEqual({ date: '2027-05-20', time });
});

test('a day and a time may come in words, in parts, or in both', () => {
  const asked = { now: NOW, timezone: CHICAGO };
  const start = { date: '2027-05-25', time: '15:00' };
  expect(resolveSpokenTime({ ...asked, date: 'next Tuesday', time: '3' })).toEqual(start);
  expect(resolveSpokenTime({ ...asked, date: '2027-05-25', time: '15:00' })).toEqual(start);
  expect(resolveSpokenTime({ ...asked, when: 'next Tuesday', time: '3 pm' })).toEqual(start);
  expect(resolveSpokenTime({ ...asked, when: 'next Tuesday at 3 pm', date: '2027-05-25', time: '15:00' })).toEqual(
    start,
  );
  expect(resolveSpokenTime({ ...asked, when: '', date: '5/25', time: undefined })).toEqual({ ...start, time: null });
});

test.each([
  ['tomorrow morning', '2027-05-19', 'What time in the morning of Wednesday, May 19, would suit you?'],
  ['Friday in the afternoon', '2027-05-21', 'What time in the afternoon of Friday, May 21, would suit you?'],
  ['tonight', '2027-05-18', 'What time in the evening of Tuesday, May 18, would suit you?'],
  ['this evening', '2027-05-18', 'What time in the evening of Tuesday, May 18, would suit you?'],
])('a part of the day is no time: "%s" is asked back', (when, date, say) => {
  const part = /in the (\w+)/.exec(say)?.[1]?.toUpperCase();
  expect(hear(when)).toEqual({ problem: 'NO_TIME', date, say, part });
});

test.each(['', ' ', '3 pm', 'at noon', 'in the morning', 'please'])('without a day, "%s" is asked back', (when) => {
  expect(hear(when)).toEqual({ problem: 'NO_DATE', date: null, say: 'Which day would suit you?' });
});

test.each([
  ['yesterday', '2027-05-17', 'Monday, May 17, has passed, so which other day or time would suit you?'],
  ['May 14, 2027', '2027-05-14', 'Friday, May 14, has passed, so which other day or time would suit you?'],
  ['2026-05-18 at 3 pm', '2026-05-18', 'Monday, May 18, 2026, has passed, so which other day or time would suit you?'],
  ['today at 9 am', '2027-05-18', 'Today, 9:00 AM, has passed, so which other day or time would suit you?'],
  ['this Tuesday at 9 am', '2027-05-18', 'Today, 9:00 AM, has passed, so which other day or time would suit you?'],
  ['today at 12 am', '2027-05-18', 'Today, 12:00 AM, has passed, so which other day or time would suit you?'],
])('"%s" has passed, and is refused in words', (when, date, say) => {
  expect(hear(when)).toEqual({ problem: 'PAST', date, say });
});

test.each([
  ['Friday, May 20', 'Sorry, that date is Thursday, May 20, so which day do you mean?'],
  ['tomorrow, May 20', 'Sorry, I heard Wednesday, May 19 and also Thursday, May 20, so which day do you mean?'],
  ['Monday Friday', 'Sorry, I heard Monday, May 24 and also Friday, May 21, so which day do you mean?'],
  ['tomorrow at 3 pm 4 pm', 'Sorry, I heard two times, so which one would suit you?'],
])('what contradicts itself is not guessed at: "%s"', (when, say) => {
  expect(hear(when)).toEqual({ problem: 'CONFLICT', date: null, say });
});

test.each([
  ...['whenever', 'soon', 'sunny', 'monkey', 'next week', 'next', 'Tuesday or Wednesday', 'after 3 pm tomorrow', 'may'],
  ...['tomorrow at 25:00', 'tomorrow at 3:60 pm', 'tomorrow at 13 pm', 'tomorrow at 0 am', 'in 1000 days', '3'],
  ...['tomorrow 3', 'last Tuesday', '20270520', 'not tomorrow', 'tomorrow'.repeat(20), 'mañana', '5-20', '5/20/027'],
])('what is not understood is asked again: "%s"', (when) => {
  const say = 'Sorry, which day and time do you mean, said like "Wednesday, May 19, at 3 PM"?';
  expect(hear(when)).toEqual({ problem: 'UNREADABLE', date: null, say });
});

test.each(['February 30', '14/5', '2027-02-29', 'May 32', '5/0', 'the 32nd', '0/5'])('%s is no date', (when) => {
  const say = 'Sorry, there is no such date, so which day do you mean?';
  expect(hear(when)).toEqual({ problem: 'UNREADABLE', date: null, say });
});

test.each(['tomorrow night at 2', 'tomorrow at 9 in the afternoon'])(
  'an hour that the words leave open is asked: %s',
  (when) => {
    const say = 'Sorry, is that time in the morning or in the afternoon?';
    expect(hear(when)).toEqual({ problem: 'UNREADABLE', date: null, say });
  },
);

test('February 29 is not moved to another day where no year near has one', () => {
  expect(hear('February 29', new Date('2025-01-15T12:00:00Z'))).toMatchObject({ problem: 'UNREADABLE' });
  expect(hear('February 29', new Date('2028-02-29T12:00:00Z'))).toEqual({ date: '2028-02-29', time: null });
});

test('the day is that of the property, whatever the date is in UTC', () => {
  // 23:30 on Monday in New York; in UTC it is Tuesday already.
  const late = new Date('2027-05-18T03:30:00Z');
  expect(hear('tomorrow', late, 'America/New_York')).toEqual({ date: '2027-05-18', time: null });
  expect(hear('next Tuesday at 3 pm', late, 'America/New_York')).toEqual({ date: '2027-05-18', time: '15:00' });
  expect(hear('tonight at 11 pm', late, 'America/New_York')).toMatchObject({ problem: 'PAST', date: '2027-05-17' });
  // An hour later it is Tuesday there, and the next one a week away.
  const later = new Date('2027-05-18T04:30:00Z');
  expect(hear('next Tuesday at 3 pm', later, 'America/New_York')).toEqual({ date: '2027-05-25', time: '15:00' });
  // In Auckland it is Tuesday since noon in UTC on Monday.
  expect(hear('today', new Date('2027-05-17T12:30:00Z'), 'Pacific/Auckland')).toEqual({
    date: '2027-05-18',
    time: null,
  });
});

test('days are counted on the calendar, also where the clocks change in between', () => {
  const before = new Date('2027-03-10T05:30:00Z'); // Tuesday, March 9, 23:30 in Chicago
  expect(hear('next Tuesday at 3 pm', before)).toEqual({ date: '2027-03-16', time: '15:00' });
  expect(hear('in 5 days at 11 pm', before)).toEqual({ date: '2027-03-14', time: '23:00' });
  const start = parseStart('2027-03-16T15:00', CHICAGO);
  expect(start).toEqual({ instant: new Date('2027-03-16T20:00:00Z') });
  expect(describeStart(new Date('2027-03-16T20:00:00Z'), CHICAGO, before)).toBe('Tuesday, March 16, at 3:00 PM');
});

test('a time that comes twice has passed only after its second, and one that is skipped is left to the reader', () => {
  // 01:45 for the first time, 7 November 2027.
  expect(hear('today at 1:30 am', new Date('2027-11-07T06:45:00Z'))).toEqual({ date: '2027-11-07', time: '01:30' });
  expect(hear('today at 1:30 am', new Date('2027-11-07T07:45:00Z'))).toMatchObject({ problem: 'PAST' });
  expect(hear('March 14 at 2:30 am', new Date('2027-03-01T12:00:00Z'))).toEqual({ date: '2027-03-14', time: '02:30' });
  expect(parseStart('2027-03-14T02:30', CHICAGO)).toMatchObject({ problem: 'SKIPPED' });
});

test.each([
  ['2027-05-18T20:00:00Z', 'today, Tuesday, May 18, at 3:00 PM'],
  ['2027-05-19T05:00:00Z', 'tomorrow, Wednesday, May 19, at 12:00 AM'],
  ['2027-05-20T17:05:00Z', 'Thursday, May 20, at 12:05 PM'],
  ['2027-12-31T15:45:00Z', 'Friday, December 31, at 9:45 AM'],
  ['2028-05-18T20:00:00Z', 'Thursday, May 18, 2028, at 3:00 PM'],
  ['2026-05-18T20:00:00Z', 'Monday, May 18, 2026, at 3:00 PM'],
])('%s is read back as "%s"', (instant, text) => {
  expect(describeStart(new Date(instant), CHICAGO, NOW)).toBe(text);
});

test('a date is read back with its weekday, and its year when that is another', () => {
  expect(describeDate('2027-01-01', '2027-05-18')).toBe('Friday, January 1');
  expect(describeDate('2028-02-29', '2027-05-18')).toBe('Tuesday, February 29, 2028');
});
