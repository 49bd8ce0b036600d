import { expect, test } from 'vitest';
import { parseAddressLine, formatAddressLine } from '../../../src/domain/speech/address-line.ts';

test.each([
  ['12 Grill St, Sacramento, CA 95814', '12 Grill St', 'Sacramento', '95814'],
  ['12 Grill St, Apt 4, West Sacramento CA, 95691-1234, USA', '12 Grill St, Apt 4', 'West Sacramento', '95691-1234'],
])('the line "%s" has its parts', (line, line1, city, postalCode) => {
  const address = { line1, line2: null, city, region: 'CA', postalCode, country: 'US' };
  expect(parseAddressLine(line)).toEqual(address);
  expect(parseAddressLine(formatAddressLine(address))).toEqual(address);
});

test.each(['', '12 Grill St', 'Sacramento, CA', '12 Grill St, Sacramento, 95814', '12 Grill St, Sacramento, CA 958'])(
  'the line "%s" is no whole address',
  (line) => {
    expect(parseAddressLine(line)).toBeNull();
  },
);

test('an address elsewhere is spelled with its country', () => {
  const address = {
    line1: '1 Harbour Road',
    line2: 'Flat 2',
    city: 'Howth',
    region: null,
    postalCode: 'D13',
    country: 'IE',
  };
  expect(formatAddressLine(address)).toBe('1 Harbour Road, Flat 2, Howth, D13, IE');
});
