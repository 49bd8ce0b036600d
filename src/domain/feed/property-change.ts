import { addDays } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';
import type { EventType } from './events.ts';

/** The nights [from, to). A provider's time is given by the dates that contain it. */
export interface Nights {
  readonly from: PlainDate;
  readonly to: PlainDate;
}

/** A change of what can be read of a property. */
export interface PropertyChange {
  readonly slug: string;
  /** What can be had in these nights, or everything that anybody can read of it. */
  readonly touched: readonly Nights[] | 'EVERYTHING';
  /** The events that announce it; missing where that is not known of all of them. */
  readonly events?: readonly string[];
}

/** Whether an answer may read otherwise after the change. One that shows no nights only does when everything changes. */
export function isTouched(shown: Nights | null, { touched }: Pick<PropertyChange, 'touched'>): boolean {
  if (touched === 'EVERYTHING') return true;
  return shown !== null && touched.some(({ from, to }) => from < shown.to && shown.from < to);
}

/**
 * A service and each of its buffers take at most a day, so what is taken two days away can block a start; and
 * the date in a zone is up to one day off that in UTC.
 */
const DAYS_IN_REACH = 3;

/** All dates, in whatever zone, on which time that is taken has to do with starts on these dates, both included. */
export function nightsInReach(from: PlainDate, to: PlainDate): Nights {
  return { from: addDays(from, -DAYS_IN_REACH), to: addDays(to, DAYS_IN_REACH + 1) };
}

/** The part of an event that decides which public data it touches. */
export interface EventScope {
  readonly type: EventType;
  readonly from: string | null;
  readonly to: string | null;
}

/** An event that a request has written, by its id in the feed; null for a change that only others announce. */
export interface AnnouncedEvent extends EventScope {
  readonly id: string | null;
}

/**
 * Collects the nights of the public data that these events touch.
 *
 * Only `availability_changed` touches any. A change of other public data announces it too, without nights.
 */
export function touchedBy(events: readonly EventScope[]): PropertyChange['touched'] {
  const touched: Nights[] = [];
  for (const { type, from, to } of events) {
    if (type !== 'availability_changed') continue;
    if (from === null || to === null) return 'EVERYTHING';
    // Nights are dates already, and the one that ends them is not theirs; the date of an instant may be.
    touched.push({ from: dateOf(from), to: isDate(to) ? to : addDays(dateOf(to), 1) });
  }
  return touched;
}

const dateOf = (text: string) => text.slice(0, 'YYYY-MM-DD'.length);
const isDate = (text: string) => text === dateOf(text);
