import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dateInZone, startOfDate } from '../../../src/domain/time/calendar.ts';
import { describeStart, resolveSpokenTime } from '../../../src/domain/speech/spoken-time/spoken-time.ts';
import { parseStart } from '../../../src/domain/time/wall-time.ts';
import { ZONES } from '../../support/oracles/slot-oracle.ts';
import { cases } from '../../support/tier/trials.ts';

const aZone = fc.constantFrom(...ZONES);
const aMoment = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });
const WORDS = [
  ...['today', 'tomorrow', 'tonight', 'day', 'after', 'next', 'this', 'week', 'weeks', 'in', 'from', 'a', 'two', '3'],
  ...[
    'Monday',
    'tue',
    'Wednesday',
    'sat',
    'Sunday',
    'May',
    'February',
    '14',
    '29th',
    '31',
    '2027',
    '5/14',
    '2028-02-29',
  ],
  ...['at', 'on', 'the', 'of', '3 pm', '15:00', 'noon', 'midnight', 'half past', 'quarter to', 'morning', 'night', '9'],
];
const someWords = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join(' ')),
);

test('whatever is said is answered, and never with a start that has passed', () => {
  const runs = cases('rules', 3_000);
  let understood = 0;
  fc.assert(
    fc.property(someWords, someWords, someWords, aMoment, aZone, (when, date, time, now, timezone) => {
      const today = dateInZone(now, timezone);
      for (const words of [{ when }, { date, time }, { when, date, time }]) {
        const heard = resolveSpokenTime({ ...words, now, timezone });
        if ('problem' in heard) {
          expect(heard.say).toMatch(/^[A-Z].*\?$/);
          continue;
        }
        understood += 1;
        expect(heard.date >= today).toBe(true);
        const start = heard.time === null ? null : parseStart(`${heard.date}T${heard.time}`, timezone);
        if (start && 'instant' in start) expect(start.instant >= now).toBe(true);
      }
    }),
    runs,
  );
  expect(understood).toBeGreaterThan(runs.numRuns / 50);
});

test('a start that is read back is understood as the same start', () => {
  fc.assert(
    fc.property(aMoment, fc.integer({ min: 1, max: 1_000_000 }), aZone, (now, minutes, timezone) => {
      const instant = new Date(Math.ceil(now.getTime() / 60_000) * 60_000 + minutes * 60_000);
      const heard = resolveSpokenTime({ when: describeStart(instant, timezone, now), now, timezone });
      if ('problem' in heard || heard.time === null) throw new Error(`not understood: ${JSON.stringify(heard)}`);
      const start = parseStart(`${heard.date}T${heard.time}`, timezone);
      const starts = 'instant' in start ? [start.instant] : 'candidates' in start ? start.candidates : [];
      expect(starts.map((each) => new Date(each).getTime())).toContain(instant.getTime());
    }),
    cases('rules', 2_000),
  );
});

test('"next" is one to seven days away, and on the weekday that was said', () => {
  const names = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  fc.assert(
    fc.property(fc.nat({ max: 6 }), aMoment, aZone, (weekday, now, timezone) => {
      const heard = resolveSpokenTime({ when: `next ${names[weekday] ?? ''}`, now, timezone });
      const today = dateInZone(now, timezone);
      expect(heard.date !== null && heard.date > today && heard.date <= addDays(today, 7)).toBe(true);
      expect(new Date(`${heard.date ?? ''}T00:00:00Z`).getUTCDay()).toBe(weekday);
      expect(startOfDate(heard.date ?? '', timezone) > now).toBe(true);
    }),
  );
});
