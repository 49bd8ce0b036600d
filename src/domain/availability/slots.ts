import { addDays, toPlainDate } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';
import { listOpenRanges, mergeRanges, wallMidnight } from '../time/opening-hours.ts';
import type { OpeningHours, TimeRange } from '../time/opening-hours.ts';
import { listOffsets, offsetAt } from '../time/wall-time-offsets.ts';
import type { OffsetSpan, WallTime } from '../time/wall-time-offsets.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES_PER_DAY = 1_440;

export interface SlotProvider extends OpeningHours {
  readonly code: string;
  /** Appointments with buffers, and time off. In any order; ranges may overlap. */
  readonly busy: readonly TimeRange[];
}

/** Terms that every start of a service must meet. */
export interface SlotTerms {
  readonly timezone: string;
  /** Elapsed minutes, also across a clock change. */
  readonly durationMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  /** Starts lie on multiples of the step, counted from 00:00 on the wall clock of each day. */
  readonly stepMinutes: number;
  /** Notice and booking window: the start lies in [earliest, latest], epoch milliseconds. */
  readonly earliest: number;
  readonly latest: number;
}

export interface SlotSearch extends SlotTerms {
  /** Dates of the start at the property, both included. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly providers: readonly SlotProvider[];
}

export interface Slot {
  readonly startsAt: number;
  /** Codes of the free providers, in the given order; never empty. */
  readonly providers: readonly string[];
}

/**
 * Lists every start that can be booked, ascending, each with the free providers.
 *
 * The service must lie inside one range of opening hours; the buffers may lie outside. Service and buffers must not
 * overlap busy time; touching is allowed. In an hour that clocks repeat both starts are offered.
 */
export function listSlots(question: SlotSearch): Slot[] {
  assertTerms(question);
  const spans = listOffsetsAround(question, question.from, question.to);
  const free = question.providers.map((provider) => ({
    code: provider.code,
    starts: listStarts(question, provider, spans),
    next: 0,
  }));
  const slots: Slot[] = [];
  for (;;) {
    // A merge of sorted lists: a map and a sort took more time than the rest of the search.
    let startsAt = Infinity;
    for (const { starts, next } of free) startsAt = Math.min(startsAt, starts[next] ?? Infinity);
    if (startsAt === Infinity) return slots;
    const providers: string[] = [];
    for (const list of free) {
      if (list.starts[list.next] !== startsAt) continue;
      providers.push(list.code);
      list.next += 1;
    }
    slots.push({ startsAt, providers });
  }
}

function listStarts(question: SlotSearch, provider: SlotProvider, spans: readonly OffsetSpan[]): number[] {
  const step = question.stepMinutes * MINUTE_MS;
  const [firstWall, endWall] = [wallMidnight(question.from), wallMidnight(question.to) + DAY_MS];
  const starts: number[] = [];
  for (const window of listStartWindows(question, provider, spans)) {
    const first = Math.max(window.first, question.earliest);
    const last = Math.min(window.last, question.latest);
    for (const { from, until, offset } of spans) {
      if (until <= first || from > last) continue;
      const beyond = Math.min(endWall, until + offset, last + offset + 1);
      let wall = nextOnStep(Math.max(firstWall, from + offset, first + offset), step);
      for (; wall < beyond; wall = nextOnStep(wall + 1, step)) starts.push(wall - offset);
    }
  }
  return starts;
}

/** Lists ranges of possible starts, both ends included, by opening hours and busy time only. */
function listStartWindows(
  question: SlotSearch,
  provider: SlotProvider,
  spans: readonly OffsetSpan[],
): { first: number; last: number }[] {
  const duration = question.durationMinutes * MINUTE_MS;
  const before = question.bufferBeforeMinutes * MINUTE_MS;
  const after = question.bufferAfterMinutes * MINUTE_MS;
  const taken = mergeRanges(provider.busy);
  const windows: { first: number; last: number }[] = [];
  for (const open of listOpenRangesAround(question, question.from, question.to, provider, spans)) {
    const last = open.until - duration;
    let first = open.from;
    for (const { from, until } of taken) {
      if (until + before <= first) continue;
      const lastBefore = from - duration - after;
      if (lastBefore >= last) break;
      if (lastBefore >= first) windows.push({ first, last: lastBefore });
      first = until + before;
    }
    if (first <= last) windows.push({ first, last });
  }
  return windows;
}

/** Finds the first time on the step at or after `wall`; each day counts from 00:00. */
function nextOnStep(wall: WallTime, step: number): WallTime {
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
  return Math.min(midnight + Math.ceil((wall - midnight) / step) * step, midnight + DAY_MS);
}

export interface SlotRequest extends SlotTerms {
  readonly startsAt: number;
  readonly now: number;
  readonly provider: SlotProvider;
  /** True for staff, who may choose a start off the step. */
  readonly allowsOffGrid?: boolean;
}

export type SlotReason = 'PAST' | 'WINDOW' | 'NOTICE' | 'CLOSED' | 'OFF_GRID' | 'TAKEN';

/** Explains why the provider can't take this start, most lasting reason first; null when the start can be booked. */
export function explainSlot(question: SlotRequest): SlotReason | null {
  assertTerms(question);
  const { startsAt } = question;
  if (startsAt < question.now) return 'PAST';
  if (startsAt > question.latest) return 'WINDOW';
  if (startsAt < question.earliest) return 'NOTICE';
  if (!isOpen(question)) return 'CLOSED';
  const wall = startsAt + offsetAt(question.timezone, startsAt);
  if (!question.allowsOffGrid && nextOnStep(wall, question.stepMinutes * MINUTE_MS) !== wall) return 'OFF_GRID';
  const from = startsAt - question.bufferBeforeMinutes * MINUTE_MS;
  const until = startsAt + (question.durationMinutes + question.bufferAfterMinutes) * MINUTE_MS;
  return mergeRanges(question.provider.busy).some((busy) => busy.from < until && from < busy.until) ? 'TAKEN' : null;
}

function isOpen(question: SlotRequest): boolean {
  const { startsAt, timezone } = question;
  const date = toPlainDate(new Date(startsAt + offsetAt(timezone, startsAt)));
  const spans = listOffsetsAround(question, date, date);
  const endsAt = startsAt + question.durationMinutes * MINUTE_MS;
  return listOpenRangesAround(question, date, date, question.provider, spans).some(
    ({ from, until }) => from <= startsAt && endsAt <= until,
  );
}

/** Lists the opening hours that a service starting on these dates can touch. */
function listOpenRangesAround(
  terms: SlotTerms,
  from: PlainDate,
  to: PlainDate,
  provider: SlotProvider,
  spans: readonly OffsetSpan[],
): TimeRange[] {
  return listOpenRanges(provider, addDays(from, -1), addDays(to, countDaysAfter(terms)), spans);
}

/** Lists the offsets for these hours plus a margin of two days: no zone is further from UTC or ever skipped more. */
function listOffsetsAround(terms: SlotTerms, from: PlainDate, to: PlainDate): readonly OffsetSpan[] {
  const until = wallMidnight(to) + (countDaysAfter(terms) + 3) * DAY_MS;
  return listOffsets(terms.timezone, wallMidnight(from) - 3 * DAY_MS, until);
}

/** Counts the days after the start on which a service can still run, plus one for a date that a zone skips. */
function countDaysAfter(terms: SlotTerms): number {
  return Math.ceil(terms.durationMinutes / MINUTES_PER_DAY) + 1;
}

function assertTerms(terms: SlotTerms): void {
  if (terms.stepMinutes > 0 && terms.durationMinutes > 0) return;
  throw new Error('Bug: a service needs a duration and a step of at least a minute');
}
