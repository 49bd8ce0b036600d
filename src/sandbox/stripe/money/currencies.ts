import { invalidParameter } from '../http/stripe-failure.ts';
import type { StripeFailure } from '../http/stripe-failure.ts';

// Source: docs.stripe.com/currencies. Written apart from Holdfast's own tables, so that neither hides an error of the other.

const SUPPORTED = new Set(
  (
    'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny ' +
    'cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd ' +
    'jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ' +
    'ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl ' +
    'thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'
  ).split(' '),
);

/** Minimum charges in the amounts of the API, by currency. */
const MINIMUMS: Readonly<Record<string, number>> = {
  aed: 200,
  bgn: 100,
  czk: 1_500,
  dkk: 250,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  pln: 200,
  ron: 200,
  sek: 300,
  thb: 1_000,
};
/** Minimum of the other currencies. Stripe's depends on the rate to the account's currency. */
const OTHER_MINIMUM = 50;

const THREE_DECIMALS: readonly string[] = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];
const ALWAYS_DOUBLE_ZERO: readonly string[] = ['isk', 'ugx'];

/** Refuses a currency that Stripe does not know. */
export function assertCurrency(currency: string, param: string): void {
  if (SUPPORTED.has(currency)) return;
  const known = [...SUPPORTED].join(', ');
  const message = `Invalid currency: ${currency}. Stripe currently supports these currencies: ${known}`;
  throw invalidParameter(message, undefined, param);
}

/** Refuses an amount below the minimum charge of the currency. */
export function assertMinimum(amount: number, currency: string, param: string): void {
  const minimum = MINIMUMS[currency] ?? OTHER_MINIMUM;
  if (amount >= minimum) return;
  const message = `The Checkout Session's total amount due must add up to at least ${String(minimum)} ${currency} in the smallest currency unit`;
  throw invalidParameter(message, 'amount_too_small', param);
}

/** Refuses an amount that no card network takes: not in tens, or with fractions of an ISK or UGX. */
export function assertDivisible(amount: number, currency: string, param: string): void {
  const step = THREE_DECIMALS.includes(currency) ? 10 : ALWAYS_DOUBLE_ZERO.includes(currency) ? 100 : 1;
  if (amount % step !== 0) throw indivisible(step, currency, param);
}

function indivisible(step: number, currency: string, param: string): StripeFailure {
  const message = `Invalid amount: amounts in ${currency} must be evenly divisible by ${String(step)}.`;
  return invalidParameter(message, 'parameter_invalid_integer', param);
}
