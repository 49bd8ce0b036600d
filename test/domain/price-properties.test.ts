import fc from 'fast-check';
import { expect, test } from 'vitest';
import { priceStay } from '../../src/domain/price.ts';
import type { DepositPolicy, Promo, StayCharges, TaxRule } from '../../src/domain/price.ts';
import { buildCharges, buildNights, buildTax, INDIAN_GST } from '../support/charges.ts';

const anAmount = fc.integer({ min: 0, max: 2_000_000 });
const aRate = fc.integer({ min: 0, max: 3_000 });
const someNights = fc.array(anAmount, { minLength: 1, maxLength: 12 }).map((amounts) => buildNights(...amounts));
const someBands = fc
  .uniqueArray(fc.tuple(anAmount, aRate), { maxLength: 4, selector: ([upTo]) => upTo })
  .map((bands) => bands.sort(([a], [b]) => a - b).map(([upTo, rateBps]) => ({ upTo, rateBps })));
const aTax: fc.Arbitrary<TaxRule> = fc.record({
  name: fc.constantFrom('VAT', 'GST', 'City tax'),
  basis: fc.constantFrom('PERCENT', 'FLAT_PER_NIGHT', 'FLAT_PER_PERSON_NIGHT'),
  isInclusive: fc.boolean(),
  rateBps: aRate,
  amount: fc.integer({ min: 0, max: 5_000 }),
  bands: someBands,
});
const aPromo: fc.Arbitrary<Promo> = fc.oneof(
  fc.record({ type: fc.constant('PERCENT' as const), value: fc.integer({ min: 0, max: 12_000 }) }),
  fc.record({ type: fc.constant('FIXED' as const), value: anAmount }),
);
const aDepositPolicy: fc.Arbitrary<DepositPolicy> = fc.oneof(
  fc.constant({ type: 'NONE' as const }),
  fc.record({ type: fc.constant('PERCENT' as const), value: fc.integer({ min: 0, max: 12_000 }) }),
  fc.record({ type: fc.constant('FIXED' as const), value: anAmount }),
);
const someCharges: fc.Arbitrary<StayCharges> = fc.record({
  currency: fc.constant('EUR'),
  roomTypeName: fc.constant('Room'),
  nights: someNights,
  adults: fc.integer({ min: 1, max: 10 }),
  children: fc.integer({ min: 0, max: 8 }),
  baseOccupancy: fc.integer({ min: 1, max: 6 }),
  extraAdultCharge: fc.integer({ min: 0, max: 100_000 }),
  extraChildCharge: fc.integer({ min: 0, max: 100_000 }),
  taxes: fc.array(aTax, { maxLength: 4 }),
  promo: fc.option(aPromo),
  paymentPolicy: fc.constantFrom('NONE', 'DEPOSIT', 'FULL'),
  depositPolicy: aDepositPolicy,
  walletAmount: anAmount,
});
const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0);

/** Half up, in whole numbers: the rounding of SPEC §4 written once more. */
const divideHalfUp = (numerator: number, denominator: number) =>
  Number((2n * BigInt(numerator) + BigInt(denominator)) / (2n * BigInt(denominator)));

test('the lines add up to the base amount, and each is its quantity of its unit amount', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { lines, baseAmount } = priceStay(charges);
      expect(sum(lines.map(({ amount }) => amount))).toBe(baseAmount);
      for (const { amount, quantity, unitAmount } of lines) expect(amount).toBe(quantity * unitAmount);
    }),
  );
});

test('there is one line for each night, and none for extra persons who do not exist', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { lines } = priceStay(charges);
      const nights = lines.filter(({ kind }) => kind === 'NIGHT');
      expect(nights.map(({ date, amount }) => ({ date, amount }))).toEqual(charges.nights);
      const persons = charges.adults + charges.children;
      const extras = lines.filter(({ kind }) => kind !== 'NIGHT');
      const charged = sum(extras.map(({ quantity }) => quantity)) / charges.nights.length;
      expect(charged).toBeLessThanOrEqual(Math.max(0, persons - charges.baseOccupancy));
      if (persons <= charges.baseOccupancy) expect(extras).toEqual([]);
    }),
  );
});

test('a promo takes between nothing and the whole base amount', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { baseAmount, promoDiscount, subtotalAfterPromo } = priceStay(charges);
      expect(promoDiscount).toBeGreaterThanOrEqual(0);
      expect(promoDiscount).toBeLessThanOrEqual(baseAmount);
      expect(subtotalAfterPromo).toBe(baseAmount - promoDiscount);
      if (charges.promo === null) expect(promoDiscount).toBe(0);
    }),
  );
});

test('the total is the subtotal and the taxes on top of it, to the minor unit', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { subtotalAfterPromo, taxes, taxAmount, totalPayable } = priceStay(charges);
      const exclusive = taxes.filter(({ inclusive }) => !inclusive);
      expect(totalPayable).toBe(subtotalAfterPromo + sum(exclusive.map(({ amount }) => amount)));
      expect(taxAmount).toBe(sum(taxes.map(({ amount }) => amount)));
    }),
  );
});

test('what is due now and what is due later make the total', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { depositDue, balanceDue, totalPayable, walletApplied, gatewayPayable } = priceStay(charges);
      expect(depositDue + balanceDue).toBe(totalPayable);
      expect(walletApplied + gatewayPayable).toBe(depositDue);
      expect(walletApplied).toBeLessThanOrEqual(charges.walletAmount);
    }),
  );
});

test('no amount is negative, and every one is a whole number that is exact', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const { currency: _, lines, taxes, ...amounts } = priceStay(charges);
      const all = [...Object.values(amounts), ...[...lines, ...taxes].map(({ amount }) => amount)];
      for (const amount of all) {
        expect(Number.isSafeInteger(amount)).toBe(true);
        expect(amount).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('a wallet never changes what the stay costs', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const price = priceStay(charges);
      const without = priceStay({ ...charges, walletAmount: 0 });
      const { walletApplied, gatewayPayable } = price;
      expect({ ...without, walletApplied, gatewayPayable }).toEqual(price);
      expect(without).toMatchObject({ walletApplied: 0, gatewayPayable: without.depositDue });
    }),
  );
});

test('taxes in the price never change the total', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const net = priceStay({ ...charges, taxes: charges.taxes.filter(({ isInclusive }) => !isInclusive) });
      const { taxes, totalPayable, depositDue } = priceStay(charges);
      expect({ totalPayable, depositDue }).toEqual({ totalPayable: net.totalPayable, depositDue: net.depositDue });
      expect(taxes.filter(({ inclusive }) => !inclusive)).toEqual(net.taxes);
    }),
  );
});

test('each rule has one tax line for a rate at most', () => {
  fc.assert(
    fc.property(someCharges, (charges) => {
      const taxes = charges.taxes.map((rule, index) => ({ ...rule, name: String(index) }));
      const lines = priceStay({ ...charges, taxes }).taxes.map(({ name, rateBps }) => `${name} at ${String(rateBps)}`);
      expect(new Set(lines).size).toBe(lines.length);
      expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(taxes.length);
    }),
  );
});

test('a single rate is the rounded share of the subtotal, on top of it or in it', () => {
  fc.assert(
    fc.property(someCharges, aRate, (charges, rateBps) => {
      const onTop = priceStay({ ...charges, taxes: [buildTax({ rateBps })] });
      expect(onTop.taxAmount).toBe(divideHalfUp(onTop.subtotalAfterPromo * rateBps, 10_000));
      const inPrice = priceStay({ ...charges, taxes: [buildTax({ rateBps, isInclusive: true })] });
      expect(inPrice.taxAmount).toBe(divideHalfUp(inPrice.subtotalAfterPromo * rateBps, 10_000 + rateBps));
    }),
  );
});

test('without a promo, each night is taxed in the band of its own value', () => {
  fc.assert(
    fc.property(someNights, (nights) => {
      const { taxAmount } = priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }));
      const amounts = nights.map(({ amount }) => amount);
      const low = sum(amounts.filter((amount) => amount > 100_000 && amount <= 750_000));
      const high = sum(amounts.filter((amount) => amount > 750_000));
      expect(taxAmount).toBe(divideHalfUp(low * 500, 10_000) + divideHalfUp(high * 1_800, 10_000));
    }),
  );
});

test('the order of the nights changes no amount', () => {
  fc.assert(
    fc.property(someNights, (nights) => {
      const taxes = [INDIAN_GST];
      const there = priceStay(buildCharges({ nights, taxes }));
      const back = priceStay(buildCharges({ nights: [...nights].reverse(), taxes }));
      expect(back.totalPayable).toBe(there.totalPayable);
      expect(back.taxAmount).toBe(there.taxAmount);
    }),
  );
});
