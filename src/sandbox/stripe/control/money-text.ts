const WITHOUT_CENTS = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const WITH_THREE_DIGITS = new Set('bhd jod kwd omr tnd'.split(' '));

/** An amount as people read it, by Stripe's rules for what a minor unit is. */
export function moneyText(amount: number, currency: string): string {
  const digits = WITHOUT_CENTS.has(currency) ? 0 : WITH_THREE_DIGITS.has(currency) ? 3 : 2;
  const options = {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  return new Intl.NumberFormat('en', options).format(amount / 10 ** digits);
}
