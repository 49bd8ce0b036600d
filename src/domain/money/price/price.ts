import type { PlainDate } from '../../time/calendar.ts';
import { shareOf, splitByWeight } from '../money.ts';
import type { Minor } from '../money.ts';
import type { LineKind, PriceLine } from './price-line.ts';
import { listTaxes } from '../tax.ts';
import type { PriceTax, TaxedPiece, TaxRule } from '../tax.ts';

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
  /** What tax is reckoned on, piece by piece (a night, an appointment); their parts add up to what the lines do. */
  readonly taxed: readonly TaxedPiece[];
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
 * tax band follows its value after the discount, and then over the parts of each, because a part may be exempt.
 */
export function priceCharges(charges: Charges): Price {
  const { lines, promo } = charges;
  const baseAmount = sum(lines.map((line) => line.amount));
  const promoDiscount = promo === null ? 0 : discountOf(baseAmount, promo);
  const taxes = listTaxes(charges.taxes, { ...charges, pieces: takeOff(promoDiscount, charges.taxed) });
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
  const extras: TaxedPiece = [
    { kind: 'EXTRA_ADULT', amount: extra.adults * charges.extraAdultCharge },
    { kind: 'EXTRA_CHILD', amount: extra.children * charges.extraChildCharge },
  ];
  return priceCharges({
    ...charges,
    lines: listLines(charges),
    taxed: nights.map(({ amount }) => [{ kind: 'NIGHT', amount }, ...extras.filter((part) => part.amount > 0)]),
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

/** The pieces less a discount, each by its share of it, and so its parts. */
function takeOff(discount: Minor, pieces: readonly TaxedPiece[]): readonly TaxedPiece[] {
  if (discount === 0) return pieces;
  const shares = splitByWeight(
    discount,
    pieces.map((piece) => sum(piece.map(({ amount }) => amount))),
  );
  return pieces.map((piece, index) => {
    const parts = splitByWeight(
      shares[index] ?? 0,
      piece.map(({ amount }) => amount),
    );
    return piece.map(({ kind, amount }, at) => ({ kind, amount: amount - (parts[at] ?? 0) }));
  });
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
