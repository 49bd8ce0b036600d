import { expect, test } from 'vitest';
import { checkPromoLimits, checkPromo, normalizePromoCode } from '../../../src/domain/money/price/promo.ts';
import type { PromoOffer, SoldItem } from '../../../src/domain/money/price/promo.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const before = new Date(NOW.getTime() - 1);
const after = new Date(NOW.getTime() + 1);

const promo = (parts: Partial<PromoOffer> = {}): PromoOffer => ({
  id: 'promo',
  type: 'PERCENT',
  value: 1_000,
  isActive: true,
  validFrom: null,
  validUntil: null,
  minAmount: 0,
  roomTypes: [],
  services: [],
  maxUses: null,
  maxUsesPerCustomer: null,
  uses: 0,
  ...parts,
});
const judge = (parts: Partial<PromoOffer>, sold: SoldItem = { roomType: 'SUITE' }, amount = 10_000) =>
  checkPromo(promo(parts), { now: NOW, sold, amount });

test('a promo nothing stands against may be used, for whatever is sold', () => {
  expect(judge({})).toBeNull();
  expect(judge({}, { service: 'FACIAL' })).toBeNull();
});

test.each([
  [{ isActive: false }, 'INACTIVE'],
  [{ validFrom: after }, 'NOT_YET_VALID'],
  [{ validFrom: NOW }, null],
  [{ validUntil: NOW }, 'NO_LONGER_VALID'],
  [{ validUntil: after }, null],
  [{ validFrom: before, validUntil: after }, null],
  [{ minAmount: 10_001 }, 'BELOW_MINIMUM'],
  [{ minAmount: 10_000 }, null],
  [{ maxUses: 3, uses: 3 }, 'USED_UP'],
  [{ maxUses: 3, uses: 2 }, null],
  [{ maxUses: 1, uses: 2 }, 'USED_UP'],
  [{ uses: 1_000_000 }, null],
] as const)('for a promo with %j the answer is %s', (parts, reason) => {
  expect(judge(parts)).toBe(reason);
});

test.each([
  [{ roomTypes: ['SUITE'] }, { roomType: 'SUITE' }, null],
  [{ roomTypes: ['SUITE'] }, { roomType: 'DELUXE' }, 'OUT_OF_SCOPE'],
  [{ roomTypes: ['SUITE'] }, { service: 'SUITE' }, 'OUT_OF_SCOPE'],
  [{ services: ['FACIAL'] }, { service: 'FACIAL' }, null],
  [{ services: ['FACIAL'] }, { service: 'LASER' }, 'OUT_OF_SCOPE'],
  [{ services: ['FACIAL'] }, { roomType: 'FACIAL' }, 'OUT_OF_SCOPE'],
  [{ roomTypes: ['SUITE'], services: ['FACIAL'] }, { service: 'FACIAL' }, null],
] as const)('a promo for %j, used for %j: %s', (scope, sold, reason) => {
  expect(judge(scope, sold)).toBe(reason);
});

test('a customer has as many uses as one may have, and then no more', () => {
  const limits = { maxUses: 10, maxUsesPerCustomer: 2, uses: 5 };
  expect([0, 1, 2, 3].map((uses) => checkPromoLimits(limits, uses))).toEqual([
    ...[null, null],
    ...['USED_BY_CUSTOMER', 'USED_BY_CUSTOMER'],
  ]);
});

test('a code is the same however it is written', () => {
  expect(['WELCOME10', ' welcome10 ', 'Welcome10\t'].map(normalizePromoCode)).toEqual(Array(3).fill('WELCOME10'));
});
