import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recomputeTotals, listPriceFaults } from '../../../../src/domain/money/price/price-check.ts';
import type { Price } from '../../../../src/domain/money/price/price.ts';
import { priceStay } from '../../../../src/domain/money/price/price.ts';
import { always, aSale } from '../../../support/oracles/any-price.ts';
import { buildCharges, buildNights, buildTax, IRISH_VAT } from '../../../support/oracles/charges.ts';

test('a price adds up to what it says, for everything that is sold', () => {
  always(aSale, ({ priced }) => {
    const price = priced();
    expect(price).toMatchObject(recomputeTotals(price));
    expect(listPriceFaults(price)).toEqual([]);
  });
});

test('a price that was kept as JSON adds up as it did', () => {
  always(aSale, ({ priced }) => {
    const kept = JSON.parse(JSON.stringify(priced())) as Price;
    expect(listPriceFaults(kept)).toEqual([]);
  });
});

/** Every place in the price that holds an amount, as keys to follow. */
function listAmounts({ lines, taxes, currency: _, ...amounts }: Price): [string, number | null, string][] {
  return [
    ...Object.keys(amounts).map((name): [string, null, string] => ['', null, name]),
    ...lines.flatMap((_line, index): [string, number, string][] => [
      ['lines', index, 'unitAmount'],
      ['lines', index, 'amount'],
    ]),
    ...taxes.map((_tax, index): [string, number, string] => ['taxes', index, 'amount']),
  ];
}

function changeAmount(price: Price, [list, index, name]: [string, number | null, string], by: number): Price {
  const copy = structuredClone(price) as unknown as Record<string, Record<string, number>[]>;
  const holder = (index === null ? copy : copy[list]?.[index]) as Record<string, number>;
  holder[name] = (holder[name] ?? 0) + by;
  return copy as unknown as Price;
}

test('whichever amount of a price is changed, by however little, something is found', () => {
  const aChange = fc.integer({ min: -1_000, max: 1_000 }).filter((by) => by !== 0);
  always(aSale, fc.nat(), aChange, ({ priced }, place, by) => {
    const price = priced();
    const amounts = listAmounts(price);
    const chosen = amounts[place % amounts.length];
    if (chosen === undefined) throw new Error('Bug: a price without amounts');
    expect(listPriceFaults(changeAmount(price, chosen, by))).not.toEqual([]);
  });
});

const price = priceStay(
  buildCharges({
    nights: buildNights(10_000, 12_000),
    taxes: [IRISH_VAT, buildTax({ basis: 'FLAT_PER_NIGHT', amount: 150 })],
    promo: { type: 'FIXED', value: 2_000 },
    paymentPolicy: 'DEPOSIT',
    depositPolicy: { type: 'FIXED', value: 5_000 },
    walletAmount: 1_000,
  }),
);

test('totals are added up from lines, discount and taxes alone', () => {
  // 100.00 + 120.00, less 20.00; 200.00 × 13.5 / 113.5 = 23.788… in it, 2 × 1.50 on top; 50.00 now, 10.00 by the wallet
  expect(recomputeTotals({ ...price, baseAmount: 1, subtotalAfterPromo: 2, taxAmount: 3, totalPayable: 4 })).toEqual({
    baseAmount: 22_000,
    subtotalAfterPromo: 20_000,
    taxAmount: 2_679,
    totalPayable: 20_300,
    depositDue: 5_000,
    balanceDue: 15_300,
    gatewayPayable: 4_000,
  });
});

test.each<[string, Partial<Price>, string[]]>([
  ['a total that is too low', { totalPayable: 20_299 }, ['totalPayable']],
  [
    'a discount that grew',
    { promoDiscount: 2_001 },
    ['subtotalAfterPromo', 'totalPayable', 'depositDue', 'balanceDue'],
  ],
  ['a deposit that shrank', { depositDue: 4_999 }, ['depositDue', 'balanceDue', 'gatewayPayable']],
  ['a wallet part nobody took off', { walletApplied: 2_000 }, ['gatewayPayable']],
  ['a tax that is gone', { taxes: price.taxes.slice(0, 1) }, ['taxAmount', 'totalPayable', 'depositDue', 'balanceDue']],
  [
    'a night that is gone',
    { lines: price.lines.slice(1) },
    ['baseAmount', 'subtotalAfterPromo', 'totalPayable', 'depositDue', 'balanceDue'],
  ],
  ['a balance of less than nothing', { depositDue: 20_301, balanceDue: -1, gatewayPayable: 19_301 }, ['balanceDue']],
  ['a wallet that pays more than is due', { walletApplied: 5_001, gatewayPayable: -1 }, ['gatewayPayable']],
])('%s is found', (_, change, faults) => {
  expect(listPriceFaults({ ...price, ...change })).toEqual(faults);
});

test('a tax that changes sides is found', () => {
  const taxes = price.taxes.map((tax) => ({ ...tax, inclusive: !tax.inclusive }));
  expect(listPriceFaults({ ...price, taxes })).toContain('totalPayable');
});

test('a line that is not its quantity of its unit amount is found', () => {
  const [night, ...rest] = price.lines;
  if (night === undefined) throw new Error('Bug: a price without lines');
  expect(listPriceFaults({ ...price, lines: [{ ...night, quantity: 2 }, ...rest] })).toContain('lines.0.amount');
});
