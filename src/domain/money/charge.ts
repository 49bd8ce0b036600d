import { AppError } from '../../errors.ts';
import { MINOR_UNIT_DIGITS } from './money.ts';
import type { Minor } from './money.ts';

// Source: the gateway's table of minimum charges (docs.stripe.com/currencies), as public code of others has it. One source
// only for ARS, COP, IDR, ILS, KRW, PHP, RUB and ZAR.
/** Smallest amount that a card can pay, by currency, in minor units. */
export const MINIMUM_CHARGES: Readonly<Record<string, Minor>> = {
  AED: 200,
  ARS: 50,
  AUD: 50,
  BGN: 100,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  COP: 50,
  CZK: 1_500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  IDR: 50,
  ILS: 50,
  INR: 50,
  JPY: 50,
  KRW: 50,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PHP: 50,
  PLN: 200,
  RON: 200,
  RUB: 50,
  SEK: 300,
  SGD: 50,
  THB: 1_000,
  USD: 50,
  ZAR: 50,
};

/**
 * Finds the smallest amount that a card can pay in a currency.
 *
 * A currency outside the table has no minimum of its own: the gateway compares the converted amount and may refuse it.
 */
export function findMinimumCharge(currency: string): Minor {
  return MINIMUM_CHARGES[currency] ?? findChargeStep(currency);
}

/**
 * Finds the step of everything that is charged, kept or refunded in a currency, in minor units.
 *
 * The gateway takes three-decimal currencies in tens only: 5.124 KWD is charged as 5.120 or 5.130.
 */
export function findChargeStep(currency: string): Minor {
  return MINOR_UNIT_DIGITS[currency] === 3 ? 10 : 1;
}

/**
 * Refuses amounts, by their paths, that no card could be charged in a currency.
 *
 * Throws: validation_failed.
 */
export function assertChargeable(currency: string, amounts: Readonly<Record<string, Amount>>): void {
  const step = findChargeStep(currency);
  const errors = Object.entries(amounts).flatMap(([path, amount]) =>
    Number(amount ?? 0) % step === 0 ? [] : [{ path, message: `must be a multiple of ${String(step)} in ${currency}` }],
  );
  if (errors.length > 0) throw new AppError('validation_failed', { errors });
}

type Amount = Minor | bigint | null | undefined;

/** Parts of one payment; each may be zero. */
export interface ChargeSplit {
  readonly walletAmount: Minor;
  readonly cardAmount: Minor;
}

/**
 * Splits a payment between wallet and card, so that the card pays nothing or at least its minimum.
 *
 * Where the rest is too small for a card, the wallet pays less. Where the whole amount due is too small, the card pays
 * its minimum if so much is still to be paid. Returns: null when neither is possible and the wallet's part is not the
 * whole.
 */
export function splitCharge(input: {
  /** The smallest payment that is enough. */
  readonly due: Minor;
  /** The largest payment possible: what is missing of the total, at least `due`. */
  readonly balance: Minor;
  /** The part that the request wants to pay from the wallet. */
  readonly walletAmount: Minor;
  readonly minimumCharge: Minor;
}): ChargeSplit | null {
  const { due, balance, minimumCharge } = input;
  const walletAmount = Math.min(input.walletAmount, due);
  const cardAmount = due - walletAmount;
  if (cardAmount === 0 || cardAmount >= minimumCharge) return { walletAmount, cardAmount };
  if (balance < minimumCharge) return null;
  return { walletAmount: Math.max(0, due - minimumCharge), cardAmount: minimumCharge };
}
