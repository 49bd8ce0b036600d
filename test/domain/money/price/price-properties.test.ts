import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_KINDS } from '../../../../src/domain/money/price/price-line.ts';
import { priceAppointment } from '../../../../src/domain/money/price/price-appointment.ts';
import { priceStay } from '../../../../src/domain/money/price/price.ts';
import type { Price } from '../../../../src/domain/money/price/price.ts';
import {
  always,
  anAmount,
  aParty,
  aRate,
  aSale,
  aTax,
  someCharges,
  someNights,
  sum,
} from '../../../support/oracles/any-price.ts';
import { buildCharges, buildTax, INDIAN_GST } from '../../../support/oracles/charges.ts';

/** Half up, in whole numbers: the rounding of SPEC §4 written once more. */
const divideHalfUp = (numerator: number, denominator: number) =>
  Number((2n * BigInt(numerator) + BigInt(denominator)) / (2n * BigInt(denominator)));
const amountsOf = (lines: readonly { readonly amount: number }[]) => lines.map(({ amount }) => amount);

// Of everything that is sold.

test('the lines add up to the base amount, and each is its quantity of its unit amount', () => {
  always(aSale, ({ priced }) => {
    const { lines, baseAmount } = priced();
    expect(sum(amountsOf(lines))).toBe(baseAmount);
    for (const { amount, quantity, unitAmount } of lines) expect(amount).toBe(quantity * unitAmount);
  });
});

test('a promo takes between nothing and the whole base amount', () => {
  always(aSale, ({ charges, priced }) => {
    const { baseAmount, promoDiscount, subtotalAfterPromo } = priced();
    expect(promoDiscount).toBeGreaterThanOrEqual(0);
    expect(promoDiscount).toBeLessThanOrEqual(baseAmount);
    expect(subtotalAfterPromo).toBe(baseAmount - promoDiscount);
    if (charges.promo === null) expect(promoDiscount).toBe(0);
  });
});

test('the total is the subtotal and the taxes on top of it, to the minor unit', () => {
  always(aSale, ({ priced }) => {
    const { subtotalAfterPromo, taxes, taxAmount, totalPayable } = priced();
    const exclusive = taxes.filter(({ inclusive }) => !inclusive);
    expect(totalPayable).toBe(subtotalAfterPromo + sum(amountsOf(exclusive)));
    expect(taxAmount).toBe(sum(amountsOf(taxes)));
  });
});

test('what is due now and what is due later make the total', () => {
  always(aSale, ({ charges, priced }) => {
    const { depositDue, balanceDue, totalPayable, walletApplied, gatewayPayable } = priced();
    expect(depositDue + balanceDue).toBe(totalPayable);
    expect(walletApplied + gatewayPayable).toBe(depositDue);
    expect(walletApplied).toBeLessThanOrEqual(charges.walletAmount);
  });
});

test('no amount is negative, and every one is a whole number that is exact', () => {
  always(aSale, ({ priced }) => {
    const { currency: _, lines, taxes, ...amounts } = priced();
    for (const amount of [...Object.values(amounts), ...amountsOf([...lines, ...taxes])]) {
      expect(Number.isSafeInteger(amount)).toBe(true);
      expect(amount).toBeGreaterThanOrEqual(0);
    }
  });
});

test('whatever the wallet pays of what is due, nothing else of the price changes', () => {
  always(aSale, anAmount, ({ priced }, walletAmount) => {
    const without = priced({ walletAmount: 0 });
    const split = priced({ walletAmount });
    const { walletApplied, gatewayPayable } = split;
    expect(walletApplied + gatewayPayable).toBe(without.depositDue);
    expect({ ...without, walletApplied, gatewayPayable }).toEqual(split);
    expect(without).toMatchObject({ walletApplied: 0, gatewayPayable: without.depositDue });
  });
});

test('taxes in the price never change what is payable, nor the taxes on top of it', () => {
  always(aSale, ({ charges, priced }) => {
    const net = priced({ taxes: charges.taxes.filter(({ isInclusive }) => !isInclusive) });
    const { taxes, totalPayable, depositDue } = priced();
    expect({ totalPayable, depositDue }).toEqual({ totalPayable: net.totalPayable, depositDue: net.depositDue });
    expect(taxes.filter(({ inclusive }) => !inclusive)).toEqual(net.taxes);
  });
});

test('each rule has one tax line for a rate, and at least one where it is valid', () => {
  always(aSale, ({ charges, priced }) => {
    const taxes = charges.taxes.map((rule, index) => ({
      ...rule,
      name: String(index),
      validFrom: null,
      validTo: null,
    }));
    const lines = priced({ taxes }).taxes.map(({ name, rateBps }) => `${name} at ${String(rateBps)}`);
    expect(new Set(lines).size).toBe(lines.length);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(taxes.length);
  });
});

test('a single rate is the rounded share of the subtotal, on top of it or in it', () => {
  always(aSale, aRate, ({ priced }, rateBps) => {
    const onTop = priced({ taxes: [buildTax({ rateBps })] });
    expect(onTop.taxAmount).toBe(divideHalfUp(onTop.subtotalAfterPromo * rateBps, 10_000));
    const inPrice = priced({ taxes: [buildTax({ rateBps, isInclusive: true })] });
    expect(inPrice.taxAmount).toBe(divideHalfUp(inPrice.subtotalAfterPromo * rateBps, 10_000 + rateBps));
  });
});

test('what is exempt from all of it is not taxed', () => {
  always(aSale, ({ charges, priced }) => {
    const taxes = charges.taxes.map((rule) => ({ ...rule, basis: 'PERCENT' as const, exemptKinds: LINE_KINDS }));
    expect(priced({ taxes })).toMatchObject({ taxAmount: 0, totalPayable: priced({ taxes: [] }).totalPayable });
  });
});

test('a rate falls on the kinds that are not exempt, in proportion to what the promo leaves of them', () => {
  always(aSale, aRate, fc.subarray([...LINE_KINDS]), ({ priced }, rateBps, exemptKinds) => {
    const { lines, baseAmount, subtotalAfterPromo, taxAmount } = priced({
      taxes: [buildTax({ rateBps, exemptKinds })],
    });
    const full = sum(amountsOf(lines.filter(({ kind }) => !exemptKinds.includes(kind))));
    const left = baseAmount === 0 ? 0 : (full / baseAmount) * subtotalAfterPromo;
    // Each night and each part of it gets whole units of the promo: at most one more or less than its exact share.
    const units = lines.length * 3 + 1;
    expect(Math.abs(taxAmount - (left * rateBps) / 10_000)).toBeLessThan((units * rateBps) / 10_000 + 0.51);
    expect(taxAmount).toBeLessThanOrEqual(divideHalfUp(full * rateBps, 10_000));
  });
});

// Of stays.

test('there is one line for each night, and none for extra persons who do not exist', () => {
  always(someCharges, (charges) => {
    const { lines } = priceStay(charges);
    const nights = lines.filter(({ kind }) => kind === 'NIGHT');
    expect(nights.map(({ date, amount }) => ({ date, amount }))).toEqual(charges.nights);
    const persons = charges.adults + charges.children;
    const extras = lines.filter(({ kind }) => kind !== 'NIGHT');
    const charged = sum(extras.map(({ quantity }) => quantity)) / charges.nights.length;
    expect(charged).toBeLessThanOrEqual(Math.max(0, persons - charges.baseOccupancy));
    if (persons <= charges.baseOccupancy) expect(extras).toEqual([]);
  });
});

test('without a promo, each night is taxed in the band of its own value', () => {
  always(someNights, (nights) => {
    const { taxAmount } = priceStay(buildCharges({ nights, taxes: [INDIAN_GST] }));
    const amounts = nights.map(({ amount }) => amount);
    const low = sum(amounts.filter((amount) => amount > 100_000 && amount <= 750_000));
    const high = sum(amounts.filter((amount) => amount > 750_000));
    expect(taxAmount).toBe(divideHalfUp(low * 500, 10_000) + divideHalfUp(high * 1_800, 10_000));
  });
});

/** The price with its lines in an order that is always the same. */
function inOrder({ lines, taxes, ...rest }: Price) {
  const sorted = (list: readonly object[]) => list.map((line) => JSON.stringify(line)).toSorted();
  return { ...rest, lines: sorted(lines), taxes: sorted(taxes) };
}

test('the order of the nights changes nothing but the order of the lines, whatever the promo and the taxes of all nights', () => {
  // Of two equal nights the earlier in the list gets the unit left over, and only one of them may be in a tax's dates.
  const ofAllNights = { maxNights: null, validFrom: null, validTo: null };
  // Nights of few units, so that many shares of a promo have equal remainders.
  const smallNights = fc
    .tuple(someCharges, fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 6 }))
    .map(([charges, amounts]) => ({
      ...charges,
      adults: 1,
      children: 0,
      nights: amounts.map((amount, index) => ({ date: `2027-05-${String(10 + index)}`, amount })),
      taxes: charges.taxes.map((rule) => ({
        ...rule,
        ...ofAllNights,
        bands: rule.bands.map((band, index) => ({ ...band, upTo: 2 * index + 1 })),
      })),
      promo: { type: 'FIXED' as const, value: amounts.length },
    }));
  const anyNights = someCharges.map((charges) => ({
    ...charges,
    taxes: charges.taxes.map((rule) => ({ ...rule, ...ofAllNights })),
  }));
  const shuffled = fc
    .oneof(anyNights, smallNights)
    .chain((charges) =>
      fc.tuple(fc.constant(charges), fc.shuffledSubarray([...charges.nights], { minLength: charges.nights.length })),
    );
  always(shuffled, ([charges, nights]) => {
    expect(inOrder(priceStay({ ...charges, nights }))).toEqual(inOrder(priceStay(charges)));
  });
});

test('what extra persons pay leaves no trace in a tax that does not fall on it', () => {
  always(someCharges, fc.array(aTax, { minLength: 1, maxLength: 4 }), (charges, rules) => {
    const taxes = rules.map((rule) => ({ ...rule, exemptKinds: ['EXTRA_ADULT', 'EXTRA_CHILD'] as const }));
    const dear = priceStay({ ...charges, taxes, promo: null });
    const free = priceStay({ ...charges, taxes, promo: null, extraAdultCharge: 0, extraChildCharge: 0 });
    expect(dear.taxes).toEqual(free.taxes);
  });
});

// Of appointments.

test('the way there leaves no trace in a tax that does not fall on it', () => {
  always(aParty, fc.array(aTax, { minLength: 1, maxLength: 4 }), anAmount, (charges, rules, fee) => {
    const taxes = rules.map((rule) => ({ ...rule, exemptKinds: ['TRAVEL'] as const }));
    const away = priceAppointment({ ...charges, taxes, promo: null, zone: { name: 'Zone', fee } });
    const here = priceAppointment({ ...charges, taxes, promo: null, zone: null });
    expect(away.taxes).toEqual(here.taxes);
    expect(away.totalPayable).toBe(here.totalPayable + fee);
  });
});
