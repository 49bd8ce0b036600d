import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeText, foldLine, encodeCalendar } from '../../../src/domain/time/icalendar/icalendar.ts';
import type { CalendarEvent } from '../../../src/domain/time/icalendar/icalendar.ts';

const unfold = (text: string) => text.replaceAll('\r\n ', '');
const octets = (text: string) => Buffer.byteLength(text, 'utf8');
/** By the standard's own words (RFC 5545, §3.3.11), read the other way round. */
const unescape = (value: string) =>
  value.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign));

/** Of one, two, three and four octets, and what is made of several characters. */
const line = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('ü', 'ß', '漢', '😀', '👩‍🍳', 'é', 'x'.repeat(74))))
  .map((parts) => parts.join('').replaceAll(/[\r\n]/g, ''));

test('a line that was folded and unfolded is the line', () => {
  fc.assert(fc.property(line, (text) => unfold(foldLine(text)) === text));
});

test('no folded line is longer than 75 octets, and none cuts a character', () => {
  fc.assert(
    fc.property(line, (text) => {
      for (const piece of foldLine(text).split('\r\n')) {
        expect(octets(piece)).toBeLessThanOrEqual(75);
        expect(piece.isWellFormed()).toBe(true);
      }
    }),
  );
});

test.each([
  ['x'.repeat(75), 1],
  ['x'.repeat(76), 2],
  ['ü'.repeat(37), 1],
  ['ü'.repeat(38), 2],
  ['😀'.repeat(18), 1],
  ['😀'.repeat(19), 2],
  [`${'x'.repeat(74)}ü`, 2],
  ['', 1],
])('a line is folded only where it has to be (%#)', (text, lines) => {
  expect(foldLine(text).split('\r\n')).toHaveLength(lines);
});

test('text that was escaped reads as it was, and stays on one line', () => {
  const text = fc.string({ unit: fc.constantFrom('\\', ';', ',', '\n', 'n', 'N', ':', '"', 'ü', '😀', ' ') });
  fc.assert(
    fc.property(text, (value) => {
      expect(unescape(escapeText(value))).toBe(value);
      expect(escapeText(value)).not.toContain('\n');
    }),
  );
});

test('text can neither end its line nor begin another property', () => {
  expect(escapeText('Suite\r\nATTENDEE:x\rEND:VEVENT\u0000\u0085')).toBe('Suite\\nATTENDEE:x\\nEND:VEVENT\u0085');
});

const party: CalendarEvent = {
  uid: 'BK-2027-0042@ember-hibachi',
  sequence: 3,
  changedAt: new Date('2027-05-01T09:00:00.900Z'),
  status: 'TENTATIVE',
  summary: 'Hibachi at your table, Ember',
  description: 'Booking BK-2027-0042\n+1 916 555 0199; ring twice',
  location: '1 Grill Street, Sacramento',
  time: { startsAt: new Date('2027-05-18T20:00:00Z'), endsAt: new Date('2027-05-18T22:00:00Z') },
};

test('an appointment is spelled in UTC, to the last line', () => {
  expect(encodeCalendar({ name: 'Ember', events: [party] })).toBe(
    [
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Holdfast//Bookings//EN', 'CALSCALE:GREGORIAN'],
      ...['X-WR-CALNAME:Ember', 'BEGIN:VEVENT', 'UID:BK-2027-0042@ember-hibachi', 'SEQUENCE:3'],
      ...['DTSTAMP:20270501T090000Z', 'LAST-MODIFIED:20270501T090000Z'],
      ...['DTSTART:20270518T200000Z', 'DTEND:20270518T220000Z', 'STATUS:TENTATIVE', 'TRANSP:OPAQUE'],
      String.raw`SUMMARY:Hibachi at your table\, Ember`,
      String.raw`DESCRIPTION:Booking BK-2027-0042\n+1 916 555 0199\; ring twice`,
      ...[String.raw`LOCATION:1 Grill Street\, Sacramento`, 'END:VEVENT', 'END:VCALENDAR', ''],
    ].join('\r\n'),
  );
});

test('a stay is spelled in dates, and what is cancelled takes no time', () => {
  const time = { from: '2027-05-14', to: '2027-05-16' };
  const text = encodeCalendar({ name: 'Harbour', events: [{ ...party, status: 'CANCELLED', time }] });
  expect(text).toContain(
    'DTSTART;VALUE=DATE:20270514\r\nDTEND;VALUE=DATE:20270516\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT',
  );
});

test('whatever its texts, a file has as many lines as it has properties, each within the limit', () => {
  const texts = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(texts, texts, (summary, description) => {
      const file = encodeCalendar({ name: summary, events: [{ ...party, summary, description }] });
      expect(file.endsWith('\r\n')).toBe(true);
      for (const piece of file.split('\r\n')) expect(octets(piece)).toBeLessThanOrEqual(75);
      expect(unfold(file).split('\r\n')).toHaveLength(20);
      expect(unfold(file).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    }),
  );
});
