import type { PlainDate } from './time/calendar.ts';
import { addFractions, BPS, fraction, roundHalfUp, shareOf, splitByWeight, ZERO } from './money.ts';
import type { Fraction, Minor } from './money.ts';

export const LINE_KINDS = [
  'NIGHT',
  'EXTRA_ADULT',
  'EXTRA_CHILD',
  'SERVICE',
  'ADULT',
  'CHILD',
  'MINIMUM',
  'TRAVEL',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export interface PriceLine {
  readonly kind: LineKind;
  readonly label: string;
  readonly quantity: number;
  readonly unitAmount: Minor;
  readonly amount: Minor;
  readonly date?: PlainDate;
}

export interface PriceTax {
  readonly name: string;
  /** Null for a flat tax. */
  readonly rateBps: number | null;
  readonly inclusive: boolean;
  readonly amount: Minor;
}

/** What a booking costs, in minor units of `currency`. Frozen on the booking when it is made. */
export interface Price {
  readonly currency: string;
  readonly lines: readonly PriceLine[];
  /** Sum of the lines. */
  readonly baseAmount: Minor;
  readonly promoDiscount: Minor;
  readonly subtotalAfterPromo: Minor;
  readonly taxes: readonly PriceTax[];
  /** Sum of the taxes, inclusive ones too. */
  readonly taxAmount: Minor;
  /** subtotalAfterPromo plus the exclusive taxes. */
  readonly totalPayable: Minor;
  /** What must be paid before the booking stands. */
  readonly depositDue: Minor;
  /** What is left to pay later. */
  readonly balanceDue: Minor;
  readonly walletApplied: Minor;
  /** What the payment gateway is to take now. */
  readonly gatewayPayable: Minor;
}

export interface TaxRule {
  readonly name: string;
  readonly basis: 'PERCENT' | 'FLAT_PER_NIGHT' | 'FLAT_PER_PERSON_NIGHT';
  readonly isInclusive: boolean;
  readonly rateBps: number;
  /** For flat taxes. */
  readonly amount: Minor;
  /** The rate follows the night's value: the first band whose `upTo` is not below it. Empty: always `rateBps`. */
  readonly bands: readonly { readonly upTo: Minor | null; readonly rateBps: number }[];
}

export interface Promo {
  readonly type: 'PERCENT' | 'FIXED';
  /** Basis points, or minor units. */
  readonly value: number;
}

export type PaymentPolicy = 'NONE' | 'DEPOSIT' | 'FULL';

export interface DepositPolicy {
  readonly type: 'NONE' | 'PERCENT' | 'FIXED';
  /** Basis points, or minor units. */
  readonly value?: number | undefined;
}

export interface StayCharges {
  readonly currency: string;
  readonly roomTypeName: string;
  /** What each night costs for `baseOccupancy` persons. */
  readonly nights: readonly { readonly date: PlainDate; readonly amount: Minor }[];
  readonly adults: number;
  readonly children: number;
  /** Adults fill the included places first, then children. */
  readonly baseOccupancy: number;
  readonly extraAdultCharge: Minor;
  readonly extraChildCharge: Minor;
  readonly taxes: readonly TaxRule[];
  readonly promo: Promo | null;
  readonly paymentPolicy: PaymentPolicy;
  readonly depositPolicy: DepositPolicy;
  /** What the guest wants to pay from the wallet. */
  readonly walletAmount: Minor;
}

/** What every price is made of, whatever is sold. */
export interface Charges {
  readonly currency: string;
  readonly lines: readonly PriceLine[];
  /** What tax is reckoned on, piece by piece (a night, an appointment); their sum is that of the lines. */
  readonly taxed: readonly Minor[];
  /** How many nights, or one; how many persons. For flat taxes. */
  readonly nights: number;
  readonly persons: number;
  readonly taxes: readonly TaxRule[];
  readonly promo: Promo | null;
  readonly paymentPolicy: PaymentPolicy;
  readonly depositPolicy: DepositPolicy;
  /** What the guest wants to pay from the wallet. */
  readonly walletAmount: Minor;
}

/**
 * The price of what is sold. The only place where one is computed; everything else shows its answer.
 *
 * Rounding is half up and once per tax line; the promo is spread over the pieces by largest remainder, because a piece's
 * tax band follows its value after the discount.
 */
export function priceCharges(charges: Charges): Price {
  const { lines, promo } = charges;
  const baseAmount = sum(lines.map((line) => line.amount));
  const promoDiscount = promo === null ? 0 : discountOf(baseAmount, promo);
  const discounts = splitByWeight(promoDiscount, charges.taxed);
  const values = charges.taxed.map((value, index) => value - (discounts[index] ?? 0));
  const taxes = taxValues(charges, values);
  const subtotalAfterPromo = baseAmount - promoDiscount;
  const totalPayable = subtotalAfterPromo + sum(taxes.filter((tax) => !tax.inclusive).map((tax) => tax.amount));
  return {
    currency: charges.currency,
    lines,
    baseAmount,
    promoDiscount,
    subtotalAfterPromo,
    taxes,
    taxAmount: sum(taxes.map((tax) => tax.amount)),
    totalPayable,
    ...splitPayment({ ...charges, totalPayable }),
  };
}

/** The price of a stay: its nights and the persons beyond those a night covers. */
export function priceStay(charges: StayCharges): Price {
  const { nights, adults, children } = charges;
  const extra = countExtraPersons(charges);
  const extras = extra.adults * charges.extraAdultCharge + extra.children * charges.extraChildCharge;
  return priceCharges({
    ...charges,
    lines: listLines(charges),
    taxed: nights.map((night) => night.amount + extras),
    nights: nights.length,
    persons: adults + children,
  });
}

/** What is due now and what later, and who pays which part of what is due now. */
export function splitPayment(input: {
  totalPayable: Minor;
  paymentPolicy: PaymentPolicy;
  depositPolicy: DepositPolicy;
  walletAmount: Minor;
}): Pick<Price, 'depositDue' | 'balanceDue' | 'walletApplied' | 'gatewayPayable'> {
  const depositDue = dueNow(input);
  const walletApplied = Math.min(input.walletAmount, depositDue);
  return {
    depositDue,
    balanceDue: input.totalPayable - depositDue,
    walletApplied,
    gatewayPayable: depositDue - walletApplied,
  };
}

function listLines(charges: StayCharges): PriceLine[] {
  const nights = charges.nights.map(({ date, amount }) => ({
    kind: 'NIGHT' as const,
    label: `${charges.roomTypeName}, night of ${date}`,
    quantity: 1,
    unitAmount: amount,
    amount,
    date,
  }));
  const extra = countExtraPersons(charges);
  const extraLine = (kind: LineKind, label: string, persons: number, unitAmount: Minor): PriceLine[] => {
    const quantity = persons * charges.nights.length;
    return quantity === 0 || unitAmount === 0
      ? []
      : [{ kind, label, quantity, unitAmount, amount: quantity * unitAmount }];
  };
  return [
    ...nights,
    ...extraLine('EXTRA_ADULT', 'Extra adult, per night', extra.adults, charges.extraAdultCharge),
    ...extraLine('EXTRA_CHILD', 'Extra child, per night', extra.children, charges.extraChildCharge),
  ];
}

function countExtraPersons(charges: StayCharges): { adults: number; children: number } {
  const adults = Math.max(0, charges.adults - charges.baseOccupancy);
  const placesLeft = Math.max(0, charges.baseOccupancy - charges.adults);
  return { adults, children: Math.max(0, charges.children - placesLeft) };
}

function discountOf(baseAmount: Minor, promo: Promo): Minor {
  const discount = promo.type === 'PERCENT' ? shareOf(baseAmount, promo.value) : promo.value;
  return Math.min(discount, baseAmount);
}

function taxValues(charges: Charges, values: readonly Minor[]): PriceTax[] {
  return charges.taxes.flatMap((rule) =>
    rule.basis === 'PERCENT'
      ? taxByPercent(rule, values, charges.taxes)
      : [{ name: rule.name, rateBps: null, inclusive: rule.isInclusive, amount: flatTax(rule, charges) }],
  );
}

/** One line per rate of the rule that some piece reaches, in the order they reach them. */
function taxByPercent(rule: TaxRule, values: readonly Minor[], rules: readonly TaxRule[]): PriceTax[] {
  const byRate = new Map<number, Fraction>();
  for (const value of values) {
    const rateBps = rateFor(rule, value);
    // Several inclusive rates share one net amount, so each is its part of the gross over one plus all of them.
    const included = rule.isInclusive ? sum(rules.filter(isInclusivePercent).map((other) => rateFor(other, value))) : 0;
    const tax = { numerator: BigInt(value) * BigInt(rateBps), denominator: fraction(BPS + included).numerator };
    byRate.set(rateBps, addFractions(byRate.get(rateBps) ?? ZERO, tax));
  }
  return [...byRate].map(([rateBps, exact]) => ({
    name: rule.name,
    rateBps,
    inclusive: rule.isInclusive,
    amount: roundHalfUp(exact),
  }));
}

function isInclusivePercent(rule: TaxRule): boolean {
  return rule.basis === 'PERCENT' && rule.isInclusive;
}

function rateFor(rule: TaxRule, value: Minor): number {
  if (rule.bands.length === 0) return rule.rateBps;
  return rule.bands.find((band) => band.upTo === null || value <= band.upTo)?.rateBps ?? rule.rateBps;
}

function flatTax(rule: TaxRule, { nights, persons }: Charges): Minor {
  return rule.amount * nights * (rule.basis === 'FLAT_PER_PERSON_NIGHT' ? persons : 1);
}

function dueNow(input: { totalPayable: Minor; paymentPolicy: PaymentPolicy; depositPolicy: DepositPolicy }): Minor {
  const { totalPayable, depositPolicy } = input;
  if (input.paymentPolicy === 'NONE') return 0;
  if (input.paymentPolicy === 'FULL') return totalPayable;
  const value = depositPolicy.value ?? 0;
  if (depositPolicy.type === 'NONE') return 0;
  return Math.min(totalPayable, depositPolicy.type === 'PERCENT' ? shareOf(totalPayable, value) : value);
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}
