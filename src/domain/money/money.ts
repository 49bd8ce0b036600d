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

/** The nearest whole minor unit of a non-negative fraction, halves up. */
export function roundHalfUp({ numerator, denominator }: Fraction): Minor {
  return Number((2n * numerator + denominator) / (2n * denominator));
}

/** The share of an amount, halves up. */
export function shareOf(amount: Minor, rateBps: number): Minor {
  return roundHalfUp({ numerator: BigInt(amount) * BigInt(rateBps), denominator: BigInt(BPS) });
}

/**
 * Splits `total` over the weights so that the parts add up to it exactly.
 *
 * Each part is rounded down, and the units left over go to the largest remainders; among equals to the larger weight
 * first, so that the order of the weights decides nothing, and between equal weights to the earlier one. With no weight at
 * all, everything goes to the first part.
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

// What a currency's minor unit is, by the rules of the gateway that takes the amounts. Intl's are no help here: for a
// dozen currencies that have minor units it says zero, because nobody writes them.
/** Currencies whose minor unit is not a hundredth: how many decimal digits it stands for. */
export const UNUSUAL_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ').map((currency) => [currency, 0]),
  ),
  ...Object.fromEntries('BHD JOD KWD OMR TND'.split(' ').map((currency) => [currency, 3])),
};

/** An amount of minor units as a decimal text: 28900 EUR is "289.00". */
export function spellAmount(amount: Minor, currency: string): string {
  const digits = UNUSUAL_DIGITS[currency] ?? 2;
  const sign = amount < 0 ? '-' : '';
  const units = String(Math.abs(amount)).padStart(digits + 1, '0');
  return digits === 0 ? `${sign}${units}` : `${sign}${units.slice(0, -digits)}.${units.slice(-digits)}`;
}
