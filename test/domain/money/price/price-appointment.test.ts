import { expect, test } from 'vitest';
import { priceAppointment } from '../../../../src/domain/money/price/price-appointment.ts';
import type { AppointmentCharges } from '../../../../src/domain/money/price/price-appointment.ts';
import { always, aParty } from '../../../support/oracles/any-price.ts';
import { buildTax } from '../../../support/oracles/charges.ts';

/** Twelve adults and five children at 55.00 and 30.00 a head, at home, no tax, all of it online, unless said otherwise. */
function buildParty(overrides: Partial<AppointmentCharges> = {}): AppointmentCharges {
  return {
    currency: 'USD',
    serviceName: 'Hibachi',
    date: '2027-05-14',
    pricing: 'PER_PERSON',
    price: 0,
    adultPrice: 5_500,
    childPrice: 3_000,
    minimumTotal: 0,
    adults: 12,
    children: 5,
    zone: null,
    taxes: [],
    promo: null,
    paymentPolicy: 'FULL',
    depositPolicy: { type: 'NONE' },
    walletAmount: 0,
    ...overrides,
  };
}

const SALES_TAX = buildTax({ name: 'Sales tax', rateBps: 950 });
const ZONE_C = { name: 'Zone C', fee: 10_000 };

// Golden cases, worked by hand.

test('a party costs its adults and its children by head', () => {
  // 12 × 55.00 = 660.00 and 5 × 30.00 = 150.00
  expect(priceAppointment(buildParty())).toEqual({
    currency: 'USD',
    lines: [
      { kind: 'ADULT', label: 'Hibachi, per adult', quantity: 12, unitAmount: 5_500, amount: 66_000 },
      { kind: 'CHILD', label: 'Hibachi, per child', quantity: 5, unitAmount: 3_000, amount: 15_000 },
    ],
    baseAmount: 81_000,
    promoDiscount: 0,
    subtotalAfterPromo: 81_000,
    taxes: [],
    taxAmount: 0,
    totalPayable: 81_000,
    depositDue: 81_000,
    balanceDue: 0,
    walletApplied: 0,
    gatewayPayable: 81_000,
  });
});

test('a party without children has no line for them', () => {
  const { lines } = priceAppointment(buildParty({ children: 0 }));
  expect(lines.map(({ kind }) => kind)).toEqual(['ADULT']);
});

test.each([
  ['not reached by 81,000', 90_000, 9_000],
  ['not reached by one cent', 81_001, 1],
  ['reached exactly', 81_000, 0],
  ['passed', 80_999, 0],
])('a minimum that is %s is filled up by its own line', (_, minimumTotal, missing) => {
  const { lines, baseAmount } = priceAppointment(buildParty({ minimumTotal }));
  const minimum = { kind: 'MINIMUM', label: 'Up to the minimum', quantity: 1, unitAmount: missing, amount: missing };
  expect(lines.slice(2)).toEqual(missing === 0 ? [] : [minimum]);
  expect(baseAmount).toBe(81_000 + missing);
});

test('the way there comes on top of the minimum and does not help to reach it', () => {
  // 810.00, up to 900.00, and 100.00 for the way
  const { lines, baseAmount } = priceAppointment(buildParty({ minimumTotal: 90_000, zone: ZONE_C }));
  expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([
    ...[
      ['ADULT', 66_000] as const,
      ['CHILD', 15_000] as const,
      ['MINIMUM', 9_000] as const,
      ['TRAVEL', 10_000] as const,
    ],
  ]);
  expect(baseAmount).toBe(100_000);
});

test('a way that costs nothing makes no line', () => {
  const { lines } = priceAppointment(buildParty({ zone: { name: 'Zone A', fee: 0 } }));
  expect(lines).toHaveLength(2);
});

test.each([
  ['nothing', { type: 'NONE' }, 0],
  ['100.00', { type: 'FIXED', value: 10_000 }, 10_000],
  ['a quarter, 249.1125, so 249.11', { type: 'PERCENT', value: 2_500 }, 24_911],
  ['a half, 498.225, so 498.23', { type: 'PERCENT', value: 5_000 }, 49_823],
  ['more than all, which is all', { type: 'FIXED', value: 200_000 }, 99_645],
] as const)('tax is on the way too, and the deposit is of the total with it: %s', (_, depositPolicy, depositDue) => {
  // 910.00 with the way; 9.5 % of it are 86.45
  const charges = buildParty({ zone: ZONE_C, taxes: [SALES_TAX], paymentPolicy: 'DEPOSIT', depositPolicy });
  expect(priceAppointment(charges)).toMatchObject({
    baseAmount: 91_000,
    taxAmount: 8_645,
    totalPayable: 99_645,
    taxes: [{ name: 'Sales tax', rateBps: 950, inclusive: false, amount: 8_645 }],
    depositDue,
    balanceDue: 99_645 - depositDue,
    gatewayPayable: depositDue,
  });
});

test('tax is rounded half up, once, on the whole', () => {
  // 9.5 % of 810.00 + 0.10 (the minimum) are 76.9595, so 76.96
  const charges = buildParty({ minimumTotal: 81_010, taxes: [SALES_TAX] });
  expect(priceAppointment(charges)).toMatchObject({ taxAmount: 7_696, totalPayable: 88_706 });
});

test('tax in the price is told and not added', () => {
  // 810.00 × 19 / 119 = 129.3277…, so 129.33
  const vat = buildTax({ name: 'VAT', rateBps: 1_900, isInclusive: true });
  expect(priceAppointment(buildParty({ taxes: [vat] }))).toMatchObject({ taxAmount: 12_933, totalPayable: 81_000 });
});

test('a flat tax is once for an appointment, or once for each who comes', () => {
  const once = buildTax({ basis: 'FLAT_PER_NIGHT', amount: 500 });
  const each = buildTax({ basis: 'FLAT_PER_PERSON_NIGHT', amount: 100 });
  expect(priceAppointment(buildParty({ taxes: [once, each] })).taxes.map(({ amount }) => amount)).toEqual([500, 1_700]);
});

test('what is priced by booking costs the same however many come', () => {
  const charges = { pricing: 'PER_BOOKING', price: 12_000, serviceName: 'Facial' } as const;
  for (const adults of [1, 7]) {
    const { lines, totalPayable } = priceAppointment(buildParty({ ...charges, adults, children: 0 }));
    expect(lines).toEqual([{ kind: 'SERVICE', label: 'Facial', quantity: 1, unitAmount: 12_000, amount: 12_000 }]);
    expect(totalPayable).toBe(12_000);
  }
});

test('a promo is taken off the minimum and the way as well', () => {
  // 10 % of 1,000.00
  const promo = { type: 'PERCENT', value: 1_000 } as const;
  const price = priceAppointment(buildParty({ minimumTotal: 90_000, zone: ZONE_C, promo }));
  expect(price).toMatchObject({ baseAmount: 100_000, promoDiscount: 10_000, totalPayable: 90_000 });
});

// What is true of every appointment; price-properties.test.ts says what is true of every price.

test('no line is of nobody', () => {
  always(aParty, (charges) => {
    for (const { quantity } of priceAppointment(charges).lines) expect(quantity).toBeGreaterThan(0);
  });
});

test('the service is never below its minimum, and the way is never part of it', () => {
  always(aParty, (charges) => {
    const way = charges.zone?.fee ?? 0;
    const { lines, baseAmount } = priceAppointment(charges);
    expect(baseAmount - way).toBeGreaterThanOrEqual(charges.minimumTotal);
    expect(priceAppointment({ ...charges, zone: null }).baseAmount).toBe(baseAmount - way);
    const isFilled = lines.some(({ kind }) => kind === 'MINIMUM');
    if (isFilled) expect(baseAmount - way).toBe(charges.minimumTotal);
  });
});

test('one more person never costs less', () => {
  always(aParty, (charges) => {
    const { baseAmount } = priceAppointment(charges);
    const { adults, children } = charges;
    expect(priceAppointment({ ...charges, adults: adults + 1 }).baseAmount).toBeGreaterThanOrEqual(baseAmount);
    expect(priceAppointment({ ...charges, children: children + 1 }).baseAmount).toBeGreaterThanOrEqual(baseAmount);
  });
});
