import type { PlainDate } from '../../time/calendar.ts';
import { findChargeStep } from '../charge.ts';
import { shareOf, splitByWeight } from '../money.ts';
import type { Minor } from '../money.ts';
import type { LineKind, PriceLine } from './price-line.ts';
import { listTaxes } from './tax.ts';
import type { PriceTax } from './tax.ts';
import type { TaxableAmount, TaxableItem, TaxRule } from './tax-rule.ts';

/** The price of a booking, in minor units of `currency`. Frozen on the booking at creation. */
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
  /** Amount due before the booking is confirmed. */
  readonly depositDue: Minor;
  /** Amount due after confirmation. */
  readonly balanceDue: Minor;
  readonly walletApplied: Minor;
  /** Part of the deposit that the payment gateway collects. */
  readonly gatewayPayable: Minor;
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

/** Input to the price of a stay. */
export interface StayCharges {
  readonly currency: string;
  readonly roomTypeName: string;
  /** Price of each night for `baseOccupancy` persons, in order of the dates. */
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
  /** Amount that the guest pays from the wallet. */
  readonly walletAmount: Minor;
}

/** Input to every price, of a stay or of an appointment. */
export interface Charges {
  readonly currency: string;
  readonly lines: readonly PriceLine[];
  /** Taxable amounts per night or appointment. Their sum equals the sum of the lines. */
  readonly taxableItems: readonly TaxableItem[];
  /** Persons, for flat taxes. */
  readonly adults: number;
  readonly children: number;
  readonly taxes: readonly TaxRule[];
  readonly promo: Promo | null;
  readonly paymentPolicy: PaymentPolicy;
  readonly depositPolicy: DepositPolicy;
  /** Amount that the guest pays from the wallet. */
  readonly walletAmount: Minor;
}

/**
 * Prices a stay or an appointment. No other code computes a price.
 *
 * Rounding is half up, once per tax line, to multiples of the currency's charge step. The discount is spread by largest remainder over the items, because the tax
 * band of an item follows the discounted value, then over the amounts of each item, because an amount may be exempt.
 */
export function priceCharges(charges: Charges): Price {
  const { lines, promo } = charges;
  const baseAmount = sum(lines.map((line) => line.amount));
  const promoDiscount = promo === null ? 0 : computeDiscount(baseAmount, promo, findChargeStep(charges.currency));
  const taxes = listTaxes(charges.taxes, { ...charges, items: spreadDiscount(promoDiscount, charges.taxableItems) });
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

/** Prices a stay: the nights, and the persons beyond the base occupancy. */
export function priceStay(charges: StayCharges): Price {
  const extra = countExtraPersons(charges);
  const extras: TaxableAmount[] = [
    { kind: 'EXTRA_ADULT', amount: extra.adults * charges.extraAdultCharge },
    { kind: 'EXTRA_CHILD', amount: extra.children * charges.extraChildCharge },
  ];
  return priceCharges({
    ...charges,
    lines: listLines(charges),
    taxableItems: charges.nights.map(({ date, amount }) => ({
      date,
      amounts: [{ kind: 'NIGHT', amount }, ...extras.filter((part) => part.amount > 0)],
    })),
  });
}

/** Splits the total into deposit and balance, and the deposit into wallet and gateway. */
export function splitPayment(input: {
  currency: string;
  totalPayable: Minor;
  paymentPolicy: PaymentPolicy;
  depositPolicy: DepositPolicy;
  walletAmount: Minor;
}): Pick<Price, 'depositDue' | 'balanceDue' | 'walletApplied' | 'gatewayPayable'> {
  const depositDue = computeDepositDue(input);
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

function computeDiscount(baseAmount: Minor, promo: Promo, step: Minor): Minor {
  const discount = promo.type === 'PERCENT' ? shareOf(baseAmount, promo.value, step) : promo.value;
  return Math.min(discount, baseAmount);
}

/** Subtracts a discount from the items by weight, and within each item from the amounts. */
function spreadDiscount(discount: Minor, items: readonly TaxableItem[]): readonly TaxableItem[] {
  if (discount === 0) return items;
  const shares = splitByWeight(
    discount,
    items.map(({ amounts }) => sum(amounts.map(({ amount }) => amount))),
  );
  return items.map(({ date, amounts }, index) => {
    const parts = splitByWeight(
      shares[index] ?? 0,
      amounts.map(({ amount }) => amount),
    );
    return { date, amounts: amounts.map(({ kind, amount }, at) => ({ kind, amount: amount - (parts[at] ?? 0) })) };
  });
}

function computeDepositDue(input: {
  currency: string;
  totalPayable: Minor;
  paymentPolicy: PaymentPolicy;
  depositPolicy: DepositPolicy;
}): Minor {
  const { totalPayable, depositPolicy } = input;
  if (input.paymentPolicy === 'NONE') return 0;
  if (input.paymentPolicy === 'FULL') return totalPayable;
  const value = depositPolicy.value ?? 0;
  if (depositPolicy.type === 'NONE') return 0;
  const step = findChargeStep(input.currency);
  return Math.min(totalPayable, depositPolicy.type === 'PERCENT' ? shareOf(totalPayable, value, step) : value);
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}
