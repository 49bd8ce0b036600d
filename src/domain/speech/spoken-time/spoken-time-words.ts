import { normalizeWords } from './normalize-words.ts';

/** A phrase about the day. */
export type SpokenDay =
  | { readonly kind: 'DATE'; readonly year: number | null; readonly month: number; readonly day: number }
  | { readonly kind: 'DAY_OF_MONTH'; readonly day: number }
  | { readonly kind: 'DAYS_AHEAD'; readonly days: number }
  | {
      readonly kind: 'WEEKDAY';
      /** ISO: 1 (Monday) … 7. */
      readonly weekday: number;
      readonly which: 'BARE' | 'THIS' | 'NEXT' | 'OF_NEXT_WEEK';
      /** "A week from Tuesday": 7. */
      readonly daysLater: number;
    };

/** A spoken time. BARE is a twelve-hour time without AM or PM. A quarter to 3 PM is hour 3, minute -15. */
export interface SpokenClockTime {
  readonly kind: 'TIME';
  readonly hour: number;
  readonly minute: number;
  readonly reading: 'AM' | 'PM' | '24H' | 'BARE' | 'MIDNIGHT';
}

export interface SpokenPart {
  readonly kind: 'PART';
  readonly part: PartOfDay;
}
export type PartOfDay = 'MORNING' | 'AFTERNOON' | 'EVENING';

export type SpokenPhrase = SpokenDay | SpokenClockTime | SpokenPart;

type Group = string | undefined;
/** A pattern at the beginning of the text and the parser for the match. Null is an impossible value, such as 25:00. */
interface Rule {
  readonly pattern: RegExp;
  readonly parse: (...groups: Group[]) => readonly (SpokenPhrase | null)[];
}

/** Longest accepted text in characters; no phrase for a day and time is longer. */
const MAX_LENGTH = 200;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const WEEKDAY = '((?:mon|tues?|wed(?:nes|s)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)';
const MONTH = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`;
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = '((?:19|20|21)\\d\\d)';
const HOUR = '(\\d{1,2})';
const HALF = '(?: ?(am|pm))?';

// The first matching rule wins, so a longer pattern stands before a pattern that is a prefix of the longer one.
const RULES: readonly Rule[] = [
  rule('(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})', (year, month, day) => [date(year, Number(month), day)]),
  rule('(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}|\\d\\d))?', (month, day, year) => [
    date(year?.length === 2 ? `20${year}` : year, Number(month), day),
  ]),
  rule(`${MONTH} (?:the )?${DAY}(?: ${YEAR})?`, (month, day, year) => [date(year, numberOf(MONTHS, month), day)]),
  rule(`${DAY}(?: of)? ${MONTH}(?: ${YEAR})?`, (day, month, year) => [date(year, numberOf(MONTHS, month), day)]),
  rule('(\\d{1,2})(?:st|nd|rd|th)', (day) => [{ kind: 'DAY_OF_MONTH', day: Number(day) }]),
  rule('day after tomorrow', () => [daysAhead(2)]),
  rule('tomorrow', () => [daysAhead(1)]),
  rule('today', () => [daysAhead(0)]),
  rule('yesterday', () => [daysAhead(-1)]),
  rule('tonight', () => [daysAhead(0), partOfDay('evening')]),
  rule('this (morning|afternoon|evening)', (part) => [daysAhead(0), partOfDay(part)]),
  rule("in (an?|\\d{1,3}) (day|week)(?:s|'s|s')?(?: time)?", (count, unit) => [daysAhead(countDaysOf(count, unit))]),
  rule('(an?|\\d{1,3}) (day|week)s? from (now|today|tomorrow)', (count, unit, base) => [
    daysAhead(countDaysOf(count, unit) + (base === 'tomorrow' ? 1 : 0)),
  ]),
  rule(`(an?|\\d{1,3}) (day|week)s? from (?:next |this )?${WEEKDAY}`, (count, unit, day) => [
    weekday(day, 'NEXT', countDaysOf(count, unit)),
  ]),
  rule(`next week(?: on)? ${WEEKDAY}`, (day) => [weekday(day, 'OF_NEXT_WEEK')]),
  rule(`${WEEKDAY}(?: of)? next week`, (day) => [weekday(day, 'OF_NEXT_WEEK')]),
  rule(`(?:next|coming|this coming) ${WEEKDAY}`, (day) => [weekday(day, 'NEXT')]),
  rule(`this ${WEEKDAY}`, (day) => [weekday(day, 'THIS')]),
  rule(WEEKDAY, (day) => [weekday(day, 'BARE')]),
  rule('(?:at )?(?:12 )?(?:noon|midday)', () => [time('12', '00', 'pm')]),
  rule('(?:at )?(?:12 )?midnight', () => [{ kind: 'TIME', hour: 0, minute: 0, reading: 'MIDNIGHT' }]),
  rule(`(?:at )?half past ${HOUR}${HALF}`, (hour, half) => [time(hour, '30', half)]),
  rule(`(?:at )?(?:a )?quarter (?:past|after) ${HOUR}${HALF}`, (hour, half) => [time(hour, '15', half)]),
  rule(`(?:at )?(?:a )?quarter to ${HOUR}${HALF}`, (hour, half) => [quarterTo(hour, half)]),
  rule(`(?:at )?${HOUR}[:.](\\d\\d)(?::\\d\\d(?:\\.\\d+)?)?${HALF}`, (...groups) => [time(...groups)]),
  rule(`(?:at )?${HOUR}(?: ?o'? ?clock)? ?(am|pm)`, (hour, half) => [time(hour, '00', half)]),
  rule(`(?:at )?${HOUR} ?o'? ?clock`, (hour) => [time(hour, '00')]),
  rule(`(?:at )?${HOUR} ([0-5]\\d)${HALF}`, (...groups) => [time(...groups)]),
  rule(`at ${HOUR}`, (hour) => [time(hour, '00')]),
  rule(`${HOUR}(?= in the | at night)`, (hour) => [time(hour, '00')]),
  rule('(?:in the )?(morning|afternoon|evening)', (part) => [partOfDay(part)]),
  rule('(?:at )?night', () => [partOfDay('evening')]),
  rule('on|at|the|of|for|around|about|please', () => []),
];

function rule(pattern: string, parse: Rule['parse']): Rule {
  return { pattern: new RegExp(`^(?:${pattern})(?= |$)`), parse: parse };
}

/** Parses the text into phrases, in order; null when a word is unknown. */
export function parseWords(text: string): SpokenPhrase[] | null {
  if (text.length > MAX_LENGTH) return null;
  const phrases: SpokenPhrase[] = [];
  for (let rest = normalizeWords(text); rest !== '';) {
    const parsed = parseFirst(rest);
    if (!parsed) return null;
    for (const phrase of parsed.pieces) {
      if (!phrase) return null;
      phrases.push(phrase);
    }
    rest = parsed.rest;
  }
  return phrases;
}

function parseFirst(words: string): { pieces: readonly (SpokenPhrase | null)[]; rest: string } | null {
  for (const { pattern, parse } of RULES) {
    const match = pattern.exec(words);
    if (match) return { pieces: parse(...match.slice(1)), rest: words.slice(match[0].length).trimStart() };
  }
  return null;
}

function date(year: Group, month: number, day: Group): SpokenDay {
  return { kind: 'DATE', year: year === undefined ? null : Number(year), month, day: Number(day) };
}

function daysAhead(days: number): SpokenDay {
  return { kind: 'DAYS_AHEAD', days };
}

function countDaysOf(count: Group, unit: Group): number {
  return (count?.startsWith('a') ? 1 : Number(count)) * (unit === 'week' ? 7 : 1);
}

function weekday(name: Group, which: 'BARE' | 'THIS' | 'NEXT' | 'OF_NEXT_WEEK', daysLater = 0): SpokenDay {
  return { kind: 'WEEKDAY', weekday: numberOf(WEEKDAYS, name), which, daysLater };
}

function numberOf(names: readonly string[], name = ''): number {
  return names.indexOf(name.slice(0, 3)) + 1;
}

function time(hourText = '', minuteText = '', half?: Group): SpokenClockTime | null {
  const [hour, minute] = [Number(hourText), Number(minuteText)];
  if (minute > 59) return null;
  const isOfTwelve = hour >= 1 && hour <= 12;
  if (half !== undefined)
    return isOfTwelve ? { kind: 'TIME', hour, minute, reading: half === 'am' ? 'AM' : 'PM' } : null;
  // A leading zero is used on a 24-hour clock only.
  if (isOfTwelve && !hourText.startsWith('0')) return { kind: 'TIME', hour, minute, reading: 'BARE' };
  return hour < 24 ? { kind: 'TIME', hour, minute, reading: '24H' } : null;
}

/** A quarter to an hour. Without AM or PM it reads as written in digits: "quarter to eight" is 7:45. */
function quarterTo(hour: Group, half: Group): SpokenClockTime | null {
  const next = time(hour, '00', half);
  if (next?.reading === 'BARE') return { ...next, hour: next.hour === 1 ? 12 : next.hour - 1, minute: 45 };
  return next && { ...next, minute: -15 };
}

function partOfDay(name: Group): SpokenPart {
  if (name === 'morning') return { kind: 'PART', part: 'MORNING' };
  return { kind: 'PART', part: name === 'afternoon' ? 'AFTERNOON' : 'EVENING' };
}
