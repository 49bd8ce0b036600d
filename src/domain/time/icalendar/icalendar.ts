import type { PlainDate } from '../calendar.ts';

/** One booking in somebody's calendar (RFC 5545). */
export interface CalendarEvent {
  /** The same for ever, so that a later copy replaces an earlier one. */
  readonly uid: string;
  /** Grows with every change: the copy with the higher one is the newer. */
  readonly sequence: number;
  readonly changedAt: Date;
  readonly status: 'TENTATIVE' | 'CONFIRMED' | 'CANCELLED';
  readonly summary: string;
  readonly description?: string;
  readonly location?: string;
  /** Whole days, the last one not included; or instants. */
  readonly time:
    { readonly from: PlainDate; readonly to: PlainDate } | { readonly startsAt: Date; readonly endsAt: Date };
}

/** Octets per line without its end (RFC 5545, §3.1). */
const MAX_LINE = 75;
const encoder = new TextEncoder();

/** A calendar as a file: lines that end with CRLF, none longer than the standard has it. */
export function spellCalendar(calendar: { readonly name: string; readonly events: readonly CalendarEvent[] }): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Holdfast//Bookings//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escapeText(calendar.name)}`,
    ...calendar.events.flatMap(listEventLines),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

function listEventLines(event: CalendarEvent): string[] {
  const { description, location, time } = event;
  const changedAt = spellInstant(event.changedAt);
  const dates =
    'from' in time
      ? [`DTSTART;VALUE=DATE:${spellDate(time.from)}`, `DTEND;VALUE=DATE:${spellDate(time.to)}`]
      : [`DTSTART:${spellInstant(time.startsAt)}`, `DTEND:${spellInstant(time.endsAt)}`];
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(event.uid)}`,
    `SEQUENCE:${String(event.sequence)}`,
    // Without a METHOD it says when the event was last changed, which also keeps the file the same while nothing does.
    `DTSTAMP:${changedAt}`,
    `LAST-MODIFIED:${changedAt}`,
    ...dates,
    `STATUS:${event.status}`,
    `TRANSP:${event.status === 'CANCELLED' ? 'TRANSPARENT' : 'OPAQUE'}`,
    `SUMMARY:${escapeText(event.summary)}`,
    ...(description === undefined ? [] : [`DESCRIPTION:${escapeText(description)}`]),
    ...(location === undefined ? [] : [`LOCATION:${escapeText(location)}`]),
    'END:VEVENT',
  ];
}

/** Text as a value: what has a meaning there is escaped, and other control characters, which have no place, are dropped. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/\r\n|\r/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', String.raw`\n`);
}

/** The line cut into pieces of at most 75 octets, never inside a character; each after the first begins with a space. */
export function foldLine(line: string): string {
  const pieces: string[] = [];
  let piece = '';
  let octets = 0;
  for (const character of line) {
    const more = encoder.encode(character).length;
    if (octets + more > MAX_LINE) {
      pieces.push(piece);
      piece = '';
      // The space that the next piece begins with.
      octets = 1;
    }
    piece += character;
    octets += more;
  }
  return [...pieces, piece].join('\r\n ');
}

/** `20270518T200000Z`, to the second. */
function spellInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function spellDate(date: PlainDate): string {
  return date.replaceAll('-', '');
}
