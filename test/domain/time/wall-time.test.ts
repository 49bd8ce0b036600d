import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { listOffsets } from '../../../src/domain/time/wall-time-offsets.ts';
import { parseStart, formatLocal, formatMinutes } from '../../../src/domain/time/wall-time.ts';
import { listChanges, ZONES } from '../../support/oracles/slot-oracle.ts';
import { cases } from '../../support/tier/trials.ts';

const MINUTE_MS = 60_000;
const aZone = fc.constantFrom(...ZONES);
const changes = ZONES.flatMap((timezone) =>
  listChanges(timezone).map((change) => ({ timezone, instant: change.epochMilliseconds })),
);
const seconds = (min: string, max: string) =>
  fc.integer({ min: Date.parse(min) / 1_000, max: Date.parse(max) / 1_000 }).map((count) => count * 1_000);
/** Instants with their zone, half of them within three hours of a change of its clocks. */
const anInstant = fc.oneof(
  fc.record({ timezone: aZone, instant: seconds('1973-01-01T00:00:00Z', '2040-01-01T00:00:00Z') }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -10_800, max: 10_800 }))
    .map(([{ timezone, instant }, offset]) => ({ timezone, instant: instant + offset * 1_000 })),
);

test.each([
  ['2027-05-14T15:00:00+01:00', '2027-05-14T14:00:00.000Z'],
  ['2027-05-14T15:00+01:00', '2027-05-14T14:00:00.000Z'],
  ['2027-05-14T15:00:00-05:45', '2027-05-14T20:45:00.000Z'],
  ['2027-05-14T15:00:00Z', '2027-05-14T15:00:00.000Z'],
  ['2027-05-14t15:00:00z', '2027-05-14T15:00:00.000Z'],
  ['2027-05-14 15:00:00Z', '2027-05-14T15:00:00.000Z'],
  ['2027-05-14T15:00:00.1239-00:00', '2027-05-14T15:00:00.123Z'],
  // Whose offset it is does not matter: this is not Dublin's.
  ['2027-12-31T23:30:00-10:00', '2028-01-01T09:30:00.000Z'],
  // The offset also settles a time that comes twice in the zone.
  ['2027-10-31T01:30:00+01:00', '2027-10-31T00:30:00.000Z'],
  ['2027-10-31T01:30:00+00:00', '2027-10-31T01:30:00.000Z'],
  ['2027-05-14T15:00', '2027-05-14T14:00:00.000Z'],
  ['2027-05-14T15:00:30', '2027-05-14T14:00:30.000Z'],
  ['2027-05-14T15:00:30.5', '2027-05-14T14:00:30.500Z'],
  ['2027-01-14T15:00', '2027-01-14T15:00:00.000Z'],
  ['2028-02-29T00:00', '2028-02-29T00:00:00.000Z'],
])('in Dublin, %s is %s', (text, instant) => {
  expect(parseStart(text, 'Europe/Dublin')).toEqual({ instant: new Date(instant) });
});

test.each([
  ...['', 'tomorrow', '2027-05-14', '15:00', '2027-05-14T', '2027-05-14T15', '2027-05-14T1500', '20270514T150000Z'],
  ...['2027-02-29T15:00', '2027-04-31T15:00Z', '2027-13-01T15:00', '2027-05-00T15:00', '2027-05-14T24:00'],
  ...['2027-05-14T15:60', '2027-05-14T15:00:60Z', '2027-05-14T15:00:00.', '2027-05-14T15:00:00.Z'],
  ...['2027-05-14T15:00+1', '2027-05-14T15:00+0100', '2027-05-14T15:00+24:00', '2027-05-14T15:00+01:60'],
  ...['2027-05-14T15:00:00 01:00', ' 2027-05-14T15:00', '2027-05-14T15:00\n', '2027-05-14T15:00[Europe/Dublin]'],
  ...['+002027-05-14T15:00', '1794754800000', '2027-05-14T15:00:00−05:00', '２０２７-05-14T15:00'],
])('%j is not read', (text) => {
  expect(parseStart(text, 'Europe/Dublin')).toEqual({ problem: 'UNREADABLE' });
});

test.each([
  ['America/Chicago', '2027-03-14T02:00', '2027-03-14T03:00:00-05:00'],
  ['America/Chicago', '2027-03-14T02:30', '2027-03-14T03:00:00-05:00'],
  ['America/Chicago', '2027-03-14T02:59:59', '2027-03-14T03:00:00-05:00'],
  ['Australia/Lord_Howe', '2027-10-03T02:15', '2027-10-03T02:30:00+11:00'],
  ['America/Santiago', '2026-09-06T00:00', '2026-09-06T01:00:00-03:00'],
  ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T00:00:00+14:00'],
])('in %s, %s is skipped, and %s comes next', (timezone, text, next) => {
  expect(parseStart(text, timezone)).toEqual({ problem: 'SKIPPED', next });
});

test.each([
  ['America/Chicago', '2027-11-07T01:00', '2027-11-07T01:00:00-05:00', '2027-11-07T01:00:00-06:00'],
  ['America/Chicago', '2027-11-07T01:30', '2027-11-07T01:30:00-05:00', '2027-11-07T01:30:00-06:00'],
  ['Australia/Lord_Howe', '2027-04-04T01:45', '2027-04-04T01:45:00+11:00', '2027-04-04T01:45:00+10:30'],
  ['America/Havana', '2027-11-07T00:00', '2027-11-07T00:00:00-04:00', '2027-11-07T00:00:00-05:00'],
])('in %s, %s comes twice, as %s and %s', (timezone, text, first, second) => {
  expect(parseStart(text, timezone)).toEqual({ problem: 'AMBIGUOUS', candidates: [first, second] });
});

test.each(['2027-03-14T01:59:59', '2027-03-14T03:00', '2027-11-07T00:59:59', '2027-11-07T02:00'])(
  'in Chicago, %s comes once',
  (text) => {
    expect(parseStart(text, 'America/Chicago')).toHaveProperty('instant');
  },
);

test.each([
  ['2027-05-14T14:00:00Z', 'Europe/Dublin', '2027-05-14T15:00:00+01:00'],
  ['2027-01-14T14:00:59.999Z', 'Europe/Dublin', '2027-01-14T14:00:59+00:00'],
  ['2027-05-14T14:00:00Z', 'UTC', '2027-05-14T14:00:00+00:00'],
  ['2027-05-14T20:00:00Z', 'Asia/Kathmandu', '2027-05-15T01:45:00+05:45'],
  ['2027-05-14T02:00:00Z', 'America/St_Johns', '2027-05-13T23:30:00-02:30'],
  ['2027-05-14T14:00:00Z', 'Pacific/Kiritimati', '2027-05-15T04:00:00+14:00'],
  ['2027-01-14T14:00:00Z', 'Pacific/Chatham', '2027-01-15T03:45:00+13:45'],
  // Dublin was 25 minutes and 21 seconds behind then; no text with an offset can say the seconds.
  ['1850-01-01T00:00:00Z', 'Europe/Dublin', '1849-12-31T23:35:00-00:25'],
])('%s is spelled in %s as %s', (instant, timezone, text) => {
  expect(formatLocal(new Date(instant), timezone)).toBe(text);
});

test('the spelled time is the one Temporal spells, and reads back as the same instant', () => {
  fc.assert(
    fc.property(anInstant, ({ timezone, instant }) => {
      const spelled = formatLocal(new Date(instant), timezone);
      const clock = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone);
      expect(spelled).toBe(clock.toString({ timeZoneName: 'never', smallestUnit: 'second' }));
      expect(parseStart(spelled, timezone)).toEqual({ instant: new Date(instant) });
      expect(parseStart(spelled, 'Pacific/Apia')).toEqual({ instant: new Date(instant) });
    }),
    cases('time', 3_000),
  );
});

test('a wall time is skipped, comes twice or once exactly where Temporal says so', () => {
  const seen = new Set<string>();
  const aWallTime = anInstant.chain(({ timezone, instant }) =>
    // Any offset will do: what matters is a text near a change.
    fc.integer({ min: -180, max: 180 }).map((minutes) => {
      const clock = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).toPlainDateTime();
      return { timezone, wall: clock.add({ minutes }) };
    }),
  );
  fc.assert(
    fc.property(aWallTime, ({ timezone, wall }) => {
      const earlier = wall.toZonedDateTime(timezone, { disambiguation: 'earlier' });
      const later = wall.toZonedDateTime(timezone, { disambiguation: 'later' });
      const read = parseStart(wall.toString(), timezone);
      if (earlier.equals(later)) {
        expect(read).toEqual({ instant: new Date(earlier.epochMilliseconds) });
      } else if (earlier.toPlainDateTime().equals(wall)) {
        const candidates = [earlier, later].map((each) => formatLocal(new Date(each.epochMilliseconds), timezone));
        expect(read).toEqual({ problem: 'AMBIGUOUS', candidates });
      } else {
        const jump = earlier.getTimeZoneTransition('next');
        expect(read).toEqual({
          problem: 'SKIPPED',
          next: formatLocal(new Date(jump?.epochMilliseconds ?? 0), timezone),
        });
      }
      seen.add('problem' in read ? read.problem : 'ONCE');
    }),
    cases('time', 3_000),
  );
  expect([...seen].sort()).toEqual(['AMBIGUOUS', 'ONCE', 'SKIPPED']);
});

test('nothing that is sent as a start makes reading fail', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/)),
      (text) => {
        expect(() => parseStart(text, 'America/Chicago')).not.toThrow();
      },
    ),
    cases('time', 2_000),
  );
});

test('the offsets of a zone follow each other without a gap, and are those that a calendar of the zone shows', () => {
  fc.assert(
    fc.property(anInstant, fc.integer({ min: 1, max: 900 }), ({ timezone, instant }, days) => {
      const until = instant + days * 86_400_000;
      const spans = listOffsets(timezone, instant, until);
      expect(spans[0]?.from).toBeLessThanOrEqual(instant);
      expect(spans.at(-1)?.until).toBeGreaterThanOrEqual(until);
      spans.slice(1).forEach((span, index) => {
        expect(spans[index]?.until).toBe(span.from);
      });
      const offset = spans.find((span) => instant < span.until)?.offset ?? NaN;
      expect(offset / MINUTE_MS).toBe(readClock(instant, timezone) - Math.floor(instant / MINUTE_MS));
    }),
    cases('time', 500),
  );
});

/** What the clock shows, in minutes as if it were UTC, by another library. */
function readClock(instant: number, timeZone: string): number {
  const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const;
  const shown = new Intl.DateTimeFormat('sv-SE', options).format(instant);
  return Date.parse(`${shown.replace(' ', 'T')}Z`) / MINUTE_MS;
}

test.each([
  [0, '00:00'],
  [65, '01:05'],
  [1_439, '23:59'],
])('%i minutes are spelled %s', (minutes, text) => {
  expect(formatMinutes(minutes)).toBe(text);
});
