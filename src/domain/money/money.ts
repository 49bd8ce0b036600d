/** An amount in the currency's minor unit (cents, paise). Always a safe integer. */
export type Minor = number;

/** Basis points in one whole: 10,000 = 100 %. */
export const BPS = 10_000;

/** An exact sum of fractions, so that money is rounded once and never before. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

export function fraction(numerator: number, denominator = 1): Fraction {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

export function addFractions(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** Rounds a non-negative fraction to a multiple of `step`, halves up: to whole minor units unless said otherwise. */
export function roundHalfUp({ numerator, denominator }: Fraction, step: Minor = 1): Minor {
  const unit = denominator * BigInt(step);
  return Number((2n * numerator + unit) / (2n * unit)) * step;
}

/** Computes a rate of an amount, rounded half up to a multiple of the currency's charge step. */
export function shareOf(amount: Minor, rateBps: number, step: Minor): Minor {
  return roundHalfUp({ numerator: BigInt(amount) * BigInt(rateBps), denominator: BigInt(BPS) }, step);
}

/**
 * Splits `total` by weight into parts that add up to `total` exactly (largest remainder method).
 *
 * Each part is rounded down; the remaining units go to the largest remainders. Ties go to the larger weight, so that
 * order has no influence, then to the earlier weight. When all weights are zero, the first part gets the total.
 */
export function splitByWeight(total: Minor, weights: readonly Minor[]): Minor[] {
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? total : 0));
  const shares = weights.map((weight, index) => {
    const exact = BigInt(total) * BigInt(weight);
    return { index, weight, part: Number(exact / sum), remainder: exact % sum };
  });
  let left = total - shares.reduce((a, { part }) => a + part, 0);
  const inTurn = [...shares].sort(
    (a, b) => compare(b.remainder, a.remainder) || b.weight - a.weight || a.index - b.index,
  );
  for (const share of inTurn) {
    if (left === 0) break;
    share.part += 1;
    left -= 1;
  }
  return shares.map(({ part }) => part);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Source: the gateway's lists of zero-decimal and three-decimal currencies, with ISK and UGX as in ISO 4217: only the
// gateway's API takes both with two digits. Intl differs: for a dozen currencies with minor units Intl reports zero
// digits, because prices in daily life are written without.
/** Decimal digits of the minor unit, for currencies other than the usual two digits. */
export const MINOR_UNIT_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split(' ').map((currency) => [currency, 0]),
  ),
  ...Object.fromEntries('BHD JOD KWD OMR TND'.split(' ').map((currency) => [currency, 3])),
};

/** Formats an amount of minor units as a decimal: 28900 EUR is "289.00". */
export function formatAmount(amount: Minor, currency: string): string {
  const digits = MINOR_UNIT_DIGITS[currency] ?? 2;
  const sign = amount < 0 ? '-' : '';
  const units = String(Math.abs(amount)).padStart(digits + 1, '0');
  return digits === 0 ? `${sign}${units}` : `${sign}${units.slice(0, -digits)}.${units.slice(-digits)}`;
}
