// Source: docs.stripe.com/currencies, special cases.
/** Currencies without a minor unit that Stripe's API still takes with two digits, both always 0: 5 ISK is 500. */
const TWO_DIGITS_AT_STRIPE: readonly string[] = ['ISK', 'UGX'];

/** Converts minor units to the amount of Stripe's API. */
export function toStripeAmount(amount: number, currency: string): number {
  return hasTwoDigits(currency) ? amount * 100 : amount;
}

/** Converts an amount of Stripe's API to minor units. A fee may be a fraction of a unit, and is rounded. */
export function fromStripeAmount(amount: number, currency: string): number {
  return hasTwoDigits(currency) ? Math.round(amount / 100) : amount;
}

function hasTwoDigits(currency: string): boolean {
  return TWO_DIGITS_AT_STRIPE.includes(currency.toUpperCase());
}
