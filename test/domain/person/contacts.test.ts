import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countryOfZone } from '../../../src/domain/person/country-of-zone.ts';
import { cleanEmail, isEmail, normalizeEmail, toAsciiEmail } from '../../../src/domain/person/email.ts';
import { cleanName, joinNames } from '../../../src/domain/person/name.ts';
import { cleanPhone, formatPhone, isPhone, normalizePhone } from '../../../src/domain/person/phone.ts';
import { isPlainLine, isPlainText, isVisible } from '../../../src/domain/person/visible-text.ts';

const anyText = fc.string({ unit: 'binary' });
/** Invisible characters as they come with pasted text. */
const PASTED = ['\u200b', '\u200e', '\u202a', '\u202c', '\u2060', '\u2066', '\u2069', '\ufeff', '\u00ad'];

describe('names', () => {
  test.each([
    ['  Aoife  ', 'Aoife'],
    ['Mary\u00a0\u00a0Rose', 'Mary Rose'],
    ['E\u0301lodie', '\u00c9lodie'],
    ['\u200bAoife\ufeff', 'Aoife'],
    // Persian is written with joiners.
    ['\u0646\u0627\u0645\u200c\u0647\u0627', '\u0646\u0627\u0645\u200c\u0647\u0627'],
    ['\u200cAoife\u200d', 'Aoife'],
    ['\u3164', ''],
    ['\u200b\u2060', ''],
  ])('%j is %j', (typed, cleaned) => {
    expect(cleanName(typed)).toBe(cleaned);
  });

  test('a cleaned name stays as it is when cleaned again', () => {
    fc.assert(
      fc.property(anyText, (typed) => {
        expect(cleanName(cleanName(typed))).toBe(cleanName(typed));
      }),
    );
  });

  test.each(['Aoife\nByrne', 'Aoife\u2028Byrne', 'Aoife\u0085', '\u202eenyB', '\u2067abc\u2069', 'a\u0000b', '\ud800'])(
    '%j is not one plain line',
    (typed) => {
      expect(isPlainLine(cleanName(typed))).toBe(false);
    },
  );

  test('notes may have lines, and no characters that turn the direction', () => {
    expect(isPlainText('Two rooms,\r\n\tquiet')).toBe(true);
    expect(isPlainText('abc\u202edcba')).toBe(false);
  });

  test('what consists of invisible characters is not visible', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...PASTED, ' ', '\u3164', '\u2800', '\u0301') }), (typed) => {
        expect(isVisible(typed)).toBe(false);
      }),
    );
    for (const seen of ['A', '中', '😀', 'ا', '1', '?']) expect(isVisible(seen)).toBe(true);
  });

  test('a person with one name is called by it', () => {
    expect(joinNames({ firstName: 'Madonna', lastName: '' })).toBe('Madonna');
    expect(joinNames({ firstName: 'Aoife', lastName: 'Byrne' })).toBe('Aoife Byrne');
  });
});

describe('e-mail addresses', () => {
  test.each([
    [' aoife@example.com ', 'aoife@example.com'],
    ['\u200baoife@example.com\u00a0', 'aoife@example.com'],
    ['andre\u0301@example.com', 'andr\u00e9@example.com'],
  ])('%j is %j', (typed, cleaned) => {
    expect(cleanEmail(typed)).toBe(cleaned);
    expect(isEmail(cleanEmail(typed))).toBe(true);
  });

  test.each(['用户@例子.广告', 'info@straße.de', 'a+b@sub.example.co', "o'neil@example.ie", 'x@xn--strae-oqa.de'])(
    '%s is an address',
    (address) => {
      expect(isEmail(cleanEmail(address))).toBe(true);
    },
  );

  test.each([
    ...['', 'a', '@', 'a@', '@example.com', 'a@b', 'a@b@example.com', 'a b@example.com', 'a@exa mple.com', 'a@-b.com'],
    ...['.a@example.com', 'a..b@example.com', 'a.@example.com', 'a@example..com', 'a@127.0.0.1', 'a@[::1]', 'a@b.c/d'],
    ...['<a@example.com>', 'a@example.com,b@example.com', `${'x'.repeat(65)}@example.com`, 'a@exam_ple.com'],
  ])('%j is none', (typed) => {
    expect(isEmail(cleanEmail(typed))).toBe(false);
  });

  test('a domain is the same in both of its forms', () => {
    expect(normalizeEmail('Info@Straße.de')).toBe('info@xn--strae-oqa.de');
    expect(normalizeEmail('info@XN--STRAE-OQA.de')).toBe('info@xn--strae-oqa.de');
  });

  test('what every mail program writes is an address, and normalized once and for all', () => {
    fc.assert(
      fc.property(fc.emailAddress({ size: 'small' }), (address) => {
        const cleaned = cleanEmail(address);
        if (cleaned.lastIndexOf('@') <= 64) expect(isEmail(cleaned)).toBe(true);
        expect(normalizeEmail(normalizeEmail(address))).toBe(normalizeEmail(address));
      }),
    );
  });

  test('a gateway that knows ASCII only gets the domain in ASCII, or nothing', () => {
    expect(toAsciiEmail('info@straße.de')).toBe('info@xn--strae-oqa.de');
    expect(toAsciiEmail('andré@example.com')).toBeNull();
  });
});

describe('telephone numbers', () => {
  test.each([
    ['\u202a+353\u00a01\u2011555\u20110100\u202c', 'IE', '+35315550100'],
    ['01 555 0100', 'IE', '+35315550100'],
    ['(312) 555-0100', 'US', '+13125550100'],
    ['00353 1 555 0100', 'DE', '+35315550100'],
    ['＋１ ３１２ ５５５ ０１００', 'IE', '+13125550100'],
    ['٠١ ٥٥٥ ٠١٠٠', 'IE', '+35315550100'],
    ['+1 312 555 0100 ext. 12', 'US', '+13125550100 ext. 12'],
    ['(312) 555-0100 x12', 'US', '+13125550100 ext. 12'],
    ['312 555 0100;ext=7', 'US', '+13125550100 ext. 7'],
    // What nobody could dial, or nobody can tell the country of, stays as it was typed.
    ['12345', 'US', '12345'],
    ['01 555 0100', null, '01 555 0100'],
  ])('%j in %s is %s', (typed, country, formatted) => {
    expect(isPhone(cleanPhone(typed))).toBe(true);
    expect(formatPhone(typed, country)).toBe(formatted);
    expect(formatPhone(formatted, country)).toBe(formatted);
  });

  test.each(['', 'call me', '+', '12 34', '555-0100 ext', '1-800-FLOWERS'])('%j is none', (typed) => {
    expect(isPhone(cleanPhone(typed))).toBe(false);
  });

  test('marks that come with pasted text change nothing', () => {
    const pasted = fc.array(fc.constantFrom(...PASTED, ''), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(pasted, (marks) => {
        const typed = Array.from('+353 1 555 0100', (digit, index) => `${marks[index] ?? ''}${digit}`).join('');
        expect(formatPhone(typed, 'IE')).toBe('+35315550100');
      }),
    );
  });

  test('the extension is not part of the number that is searched for', () => {
    expect(normalizePhone('+13125550100 ext. 12')).toBe(normalizePhone('312 555 0100'));
  });
});

test.each([
  ['Europe/Dublin', 'IE'],
  ['America/Chicago', 'US'],
  ['Asia/Kolkata', 'IN'],
  ['Europe/Kyiv', 'UA'],
  ['UTC', null],
])('the clocks of %s are those of %s', (zone, country) => {
  expect(countryOfZone(zone)).toBe(country);
});
