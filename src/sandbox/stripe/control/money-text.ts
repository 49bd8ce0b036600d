/** Stripe's zero-decimal currencies. */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
/** Stripe's three-decimal currencies. */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** Formats an amount in minor units for people. */
export function moneyText(amount: number, currency: string): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
  const options = {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return new Intl.NumberFormat('en', options).format(amount / 10 ** digits);
}
