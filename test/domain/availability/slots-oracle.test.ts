import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { explainSlot, listSlots } from '../../../src/domain/availability/slots.ts';
import type { SlotProvider, SlotSearch, SlotReason, SlotRequest } from '../../../src/domain/availability/slots.ts';
import { judgeStarts, listChanges, walkSlots, ZONES } from '../../support/oracles/slot-oracle.ts';
import type { Judgement } from '../../support/oracles/slot-oracle.ts';
import { trials } from '../../support/tier/trials.ts';
import { TEST_TIMEOUT_MS } from '../../support/tier/tier.ts';

const ORDINARY_DATES = ['2024-02-29', '2025-12-31', '2026-06-15', '2027-02-28', '2028-02-29'];
const { count: CALENDARS } = trials('time', { small: 250, middle: 2_000, full: 24_000, lap: 24_000 });
const { count: STARTS } = trials('time', { small: 250, middle: 1_000, full: 24_000, lap: 24_000 });

const placesAndDates = ZONES.flatMap((timezone) => {
  const changes = listChanges(timezone).map((change) => change.toPlainDate().toString());
  return [...changes, ...changes, ...changes, ...ORDINARY_DATES].map((date) => ({ timezone, date }));
});
const aPlaceAndDate = fc
  .tuple(fc.constantFrom(...placesAndDates), fc.integer({ min: -1, max: 1 }))
  .map(([{ timezone, date }, days]) => ({ timezone, from: Temporal.PlainDate.from(date).add({ days }).toString() }));

const aMinute = fc.oneof(
  fc.constantFrom(0, 0, 30, 60, 90, 120, 150, 165, 180, 240, 1_380, 1_410, 1_440, 1_440),
  fc.integer({ min: 0, max: 288 }).map((fives) => fives * 5),
  fc.integer({ min: 0, max: 1_440 }),
);
const aWallRange = fc.tuple(aMinute, aMinute).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const someRanges = fc.array(aWallRange, { maxLength: 3 });
const someWeek = fc
  .tuple(someRanges, someRanges, someRanges, someRanges, someRanges, someRanges, someRanges)
  .map((days) => Object.fromEntries(days.map((ranges, index) => [index + 1, ranges])));

function aProvider(code: string, from: string): fc.Arbitrary<SlotProvider> {
  const [midnight, nextDate] = [Date.parse(from), Temporal.PlainDate.from(from).add({ days: 1 }).toString()];
  const aMoment = fc.oneof(
    fc.integer({ min: -288, max: 576 }).map((fives) => midnight + fives * 300_000),
    fc.integer({ min: -86_400_000, max: 172_800_000 }).map((offset) => midnight + offset),
  );
  const aBusyRange = fc
    .tuple(aMoment, fc.constantFrom(0, 5, 15, 30, 60, 90, 400))
    .map(([start, minutes]) => ({ from: start, until: start + minutes * 60_000 }));
  return fc.record({
    code: fc.constant(code),
    weekly: someWeek,
    exceptions: fc.oneof(
      fc.constant({}),
      fc.tuple(someRanges, someRanges).map(([day, next]) => ({ [from]: day, [nextDate]: next })),
    ),
    busy: fc.array(aBusyRange, { maxLength: 6 }),
  });
}

const aQuestion: fc.Arbitrary<SlotSearch> = aPlaceAndDate.chain(({ timezone, from }) => {
  const hours = fc.integer({ min: -30, max: 60 });
  const aLimit = (otherwise: number) =>
    fc.oneof(
      fc.constant(otherwise),
      hours.map((hour) => Date.parse(from) + hour * 3_600_000),
    );
  return fc.record({
    timezone: fc.constant(timezone),
    from: fc.constant(from),
    to: fc.integer({ min: 0, max: 1 }).map((days) => Temporal.PlainDate.from(from).add({ days }).toString()),
    durationMinutes: fc.constantFrom(5, 15, 20, 30, 45, 60, 60, 90, 180, 600, 1_440, 1_500),
    bufferBeforeMinutes: fc.constantFrom(0, 0, 5, 15, 120),
    bufferAfterMinutes: fc.constantFrom(0, 0, 10, 30, 120),
    stepMinutes: fc.constantFrom(1, 5, 7, 10, 15, 15, 20, 30, 30, 40, 50, 60, 90, 100, 420, 1_440),
    earliest: aLimit(0),
    latest: aLimit(Infinity),
    providers: fc
      .constantFrom(['ana'], ['ana'], ['ben', 'ana'], ['cy', 'ben', 'ana'])
      .chain((codes) => fc.tuple(...codes.map((code) => aProvider(code, from)))),
  });
});

test(
  'slots are those that a walk through every minute finds, on the days clocks change and others',
  { timeout: TEST_TIMEOUT_MS },
  () => {
    let offered = 0;
    fc.assert(
      fc.property(aQuestion, (question) => {
        const slots = listSlots(question);
        expect(slots).toEqual(walkSlots(question));
        offered += slots.length;
      }),
      { numRuns: CALENDARS },
    );
    // The walk proves nothing about calendars in which nothing is ever free.
    expect(offered).toBeGreaterThan(CALENDARS * 5);
  },
);

test('a start that can not be had is explained by what really stands in its way', { timeout: TEST_TIMEOUT_MS }, () => {
  fc.assert(
    fc.property(aQuestion, fc.boolean(), fc.nat({ max: 96 }), (question, allowsOffGrid, skipped) => {
      const provider = question.providers[0];
      if (!provider) throw new Error('a question names a provider');
      const now = question.earliest === 0 ? 0 : question.earliest - 7_200_000;
      for (const start of judgeStarts(question, provider).filter((_, index) => index % 97 === skipped)) {
        const asked = { ...question, provider, startsAt: start.instant, now, allowsOffGrid };
        expect(explainSlot(asked)).toBe(explainJudgement(start, asked));
      }
    }),
    { numRuns: STARTS },
  );
});

function explainJudgement(start: Judgement, asked: SlotRequest): SlotReason | null {
  if (start.instant < asked.now) return 'PAST';
  if (start.instant > asked.latest) return 'WINDOW';
  if (start.instant < asked.earliest) return 'NOTICE';
  if (!start.isOpen) return 'CLOSED';
  if (!start.isOnStep && !asked.allowsOffGrid) return 'OFF_GRID';
  return start.isTaken ? 'TAKEN' : null;
}
