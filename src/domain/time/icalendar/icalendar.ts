import type { PlainDate } from '../calendar.ts';

/** A booking as a calendar event (RFC 5545). */
export interface CalendarEvent {
  /** Never changes, so that a later copy replaces an earlier copy. */
  readonly uid: string;
  /** Grows with every change; the copy with the higher number is newer. */
  readonly sequence: number;
  readonly changedAt: Date;
  readonly status: 'TENTATIVE' | 'CONFIRMED' | 'CANCELLED';
  readonly summary: string;
  readonly description?: string;
  readonly location?: string;
  /** Dates [from, to), or instants. */
  readonly time:
    { readonly from: PlainDate; readonly to: PlainDate } | { readonly startsAt: Date; readonly endsAt: Date };
}

/** Octets per line, without the line break (RFC 5545, §3.1). */
const MAX_LINE = 75;
const encoder = new TextEncoder();

/** Encodes a calendar as an iCalendar file: folded lines that end with CRLF. */
export function encodeCalendar(calendar: { readonly name: string; readonly events: readonly CalendarEvent[] }): string {
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
  const changedAt = formatInstant(event.changedAt);
  const dates =
    'from' in time
      ? [`DTSTART;VALUE=DATE:${formatDate(time.from)}`, `DTEND;VALUE=DATE:${formatDate(time.to)}`]
      : [`DTSTART:${formatInstant(time.startsAt)}`, `DTEND:${formatInstant(time.endsAt)}`];
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(event.uid)}`,
    `SEQUENCE:${String(event.sequence)}`,
    // Without a METHOD, DTSTAMP is the time of the last change (RFC 5545, §3.8.7.2), so the file is reproducible.
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

/** Escapes text for a property value, and removes control characters, which iCalendar does not allow. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/\r\n|\r/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', String.raw`\n`);
}

/** Folds a line into pieces of at most 75 octets, never inside a character; continuation lines begin with a space. */
export function foldLine(line: string): string {
  const pieces: string[] = [];
  let piece = '';
  let octets = 0;
  for (const character of line) {
    const more = encoder.encode(character).length;
    if (octets + more > MAX_LINE) {
      pieces.push(piece);
      piece = '';
      // One octet for the space at the beginning of the next piece.
      octets = 1;
    }
    piece += character;
    octets += more;
  }
  return [...pieces, piece].join('\r\n ');
}

/** Formats an instant to the second: `20270518T200000Z`. */
function formatInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function formatDate(date: PlainDate): string {
  return date.replaceAll('-', '');
}
