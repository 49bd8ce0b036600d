import { addFractions, BPS, roundHalfUp, ZERO } from './money.ts';
import type { Fraction, Minor } from './money.ts';
import type { LineKind } from './price/price-line.ts';

export const TAX_BASES = ['PERCENT', 'FLAT_PER_NIGHT', 'FLAT_PER_PERSON_NIGHT'] as const;
export type TaxBasis = (typeof TAX_BASES)[number];

export interface TaxBand {
  /** The highest value that is in the band; null: however high. */
  readonly upTo: Minor | null;
  readonly rateBps: number;
}

export interface TaxRule {
  readonly name: string;
  readonly basis: TaxBasis;
  readonly isInclusive: boolean;
  readonly rateBps: number;
  /** For flat taxes. */
  readonly amount: Minor;
  /** The rate follows the night's value: the first band whose `upTo` is not below it. Empty: always `rateBps`. */
  readonly bands: readonly TaxBand[];
  /** Kinds of lines that a percentage does not fall on. */
  readonly exemptKinds: readonly LineKind[];
}

export interface PriceTax {
  readonly name: string;
  /** Null for a flat tax. */
  readonly rateBps: number | null;
  readonly inclusive: boolean;
  readonly amount: Minor;
}

/** What the lines of one kind come to in a night or an appointment. */
export interface TaxedPart {
  readonly kind: LineKind;
  readonly amount: Minor;
}

/** A night or an appointment: what a band is found for. */
export type TaxedPiece = readonly TaxedPart[];

/** What taxes fall on, the discount taken off. */
export interface Taxed {
  readonly pieces: readonly TaxedPiece[];
  /** How many nights, or one; how many persons. For flat taxes. */
  readonly nights: number;
  readonly persons: number;
}

/**
 * The taxes, rule by rule: one line per rate that some piece reaches, in the order they reach them.
 *
 * Every percentage is of the price as sold, less the discount: one in the price is its part of it, one on top is its share
 * of it, whatever else is in the price or on top. A band follows what the rule falls on in that piece, so that an exempt
 * part leaves no trace. Flat taxes are counted in nights and persons and fall on no line. Rounded half up, once per line.
 */
export function listTaxes(rules: readonly TaxRule[], taxed: Taxed): PriceTax[] {
  return rules.flatMap((rule) =>
    rule.basis === 'PERCENT'
      ? taxByPercent(rule, rules, taxed.pieces)
      : [{ name: rule.name, rateBps: null, inclusive: rule.isInclusive, amount: flatTax(rule, taxed) }],
  );
}

function taxByPercent(rule: TaxRule, rules: readonly TaxRule[], pieces: readonly TaxedPiece[]): PriceTax[] {
  const byRate = new Map<number, Fraction>();
  for (const piece of pieces) {
    const rateBps = rateFor(rule, piece);
    const exact = piece
      .filter(({ kind }) => fallsOn(rule, kind))
      .map(({ kind, amount }) => {
        // Several inclusive rates share one net amount, so each is its part of the gross over one plus all of them.
        const included = rule.isInclusive ? includedRate(rules, piece, kind) : 0;
        return { numerator: BigInt(amount) * BigInt(rateBps), denominator: BigInt(BPS + included) };
      })
      .reduce(addFractions, byRate.get(rateBps) ?? ZERO);
    byRate.set(rateBps, exact);
  }
  return [...byRate].map(([rateBps, exact]) => ({
    name: rule.name,
    rateBps,
    inclusive: rule.isInclusive,
    amount: roundHalfUp(exact),
  }));
}

/** The sum of the rates that are in the price of one part of the piece. */
function includedRate(rules: readonly TaxRule[], piece: TaxedPiece, kind: LineKind): number {
  const inPrice = rules.filter((rule) => rule.basis === 'PERCENT' && rule.isInclusive && fallsOn(rule, kind));
  return inPrice.reduce((total, rule) => total + rateFor(rule, piece), 0);
}

function rateFor(rule: TaxRule, piece: TaxedPiece): number {
  if (rule.bands.length === 0) return rule.rateBps;
  const value = piece.reduce((total, { kind, amount }) => total + (fallsOn(rule, kind) ? amount : 0), 0);
  return rule.bands.find(({ upTo }) => upTo === null || value <= upTo)?.rateBps ?? rule.rateBps;
}

function fallsOn(rule: TaxRule, kind: LineKind): boolean {
  return !rule.exemptKinds.includes(kind);
}

function flatTax(rule: TaxRule, { nights, persons }: Taxed): Minor {
  return rule.amount * nights * (rule.basis === 'FLAT_PER_PERSON_NIGHT' ? persons : 1);
}
