import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressBlock, isIpv6, NETWORK, SITE, SUBSCRIBER } from '../../../src/domain/access/address-block.ts';
import { cases } from '../../support/tier/trials.ts';

test.each([
  ['203.0.113.9', SUBSCRIBER, '203.0.113.9'],
  ['203.0.113.9', NETWORK, '203.0.113.0/24'],
  ['::ffff:203.0.113.9', NETWORK, '203.0.113.0/24'],
  ['::FFFF:cb00:7109', SUBSCRIBER, '203.0.113.9'],
  ['0:0:0:0:0:ffff:203.0.113.9', SITE, '203.0.113.9'],
  ['2001:db8:1:2ff::9', SUBSCRIBER, '2001:db8:1:200::/56'],
  ['2001:0DB8:0001:02ab:0:0:0:9', NETWORK, '2001:db8:1:200::/56'],
  ['2001:db8:1:2ff::9', SITE, '2001:db8:1::/48'],
  ['fe80::1%eth0', SITE, 'fe80:0:0::/48'],
  ['::1', SITE, '0:0:0::/48'],
  ['::', SUBSCRIBER, '0:0:0:0::/56'],
  ['64:ff9b::203.0.113.9', SUBSCRIBER, '64:ff9b:0:0::/56'],
  ['nonsense', NETWORK, 'nonsense'],
  ['1.2.3.999', NETWORK, '1.2.3.999'],
  ['1::2::3', NETWORK, '1::2::3'],
  ['1:2:3', NETWORK, '1:2:3'],
])('%s is of the block %3$s', (address, size, block) => {
  expect(addressBlock(address, size)).toBe(block);
});

test('only addresses of IPv6 that carry no IPv4 address are IPv6', () => {
  expect(['2001:db8::1', '::1', '::ffff:203.0.113.9', '203.0.113.9', 'nonsense'].map(isIpv6)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('however an IPv6 address is written, its block is the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
      const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
      expect(addressBlock(short, SUBSCRIBER)).toBe(addressBlock(long.toUpperCase(), SUBSCRIBER));
    }),
    cases('rules', 500),
  );
});
