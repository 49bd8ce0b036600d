import { makeRandom } from '../../http/random.ts';

export const FAULT_KINDS = [
  'drop_before',
  'drop_after',
  'error_before',
  'error_after',
  'hang_before',
  'hang_after',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A rule for faults: a dropped connection, an error response or a hang, before or after the effect of a request. */
export interface FaultRule {
  readonly kind: FaultKind;
  readonly method?: string;
  /** Regular expression for the path; every path by default. */
  readonly path?: string;
  /** Number of faults; 1 by default, unlimited with a probability. */
  readonly times?: number;
  readonly probability?: number;
  readonly seed?: number;
  readonly hangMs?: number;
  /** Status of an error response; 500 by default. */
  readonly status?: number;
  /** Executes the request after a hang even when the client has disconnected. */
  readonly late?: boolean;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly hangMs: number;
  readonly status: number;
  readonly isLate: boolean;
}

interface ActiveRule extends Fault {
  readonly rule: FaultRule;
  readonly pattern: RegExp;
  readonly random: () => number;
  left: number;
  struck: number;
}

const DEFAULT_HANG_MS = 30_000;

/** The active fault rules, in the memory of the process. */
export class Faults {
  readonly #rules: ActiveRule[] = [];

  /** Adds a rule. Throws: SyntaxError when `path` is not a regular expression. */
  add(rule: FaultRule): void {
    this.#rules.push({
      rule,
      kind: rule.kind,
      hangMs: rule.hangMs ?? DEFAULT_HANG_MS,
      status: rule.status ?? 500,
      isLate: rule.late ?? false,
      pattern: new RegExp(rule.path ?? ''),
      random: makeRandom(rule.seed ?? 1),
      left: rule.times ?? (rule.probability === undefined ? 1 : Infinity),
      struck: 0,
    });
  }

  clear(): void {
    this.#rules.length = 0;
  }

  list(): object[] {
    return this.#rules.map(({ rule, left, struck }) => ({
      ...rule,
      left: Number.isFinite(left) ? left : null,
      struck,
    }));
  }

  /** Takes the fault for a request from the oldest rule that matches; undefined for none. */
  take(method: string, path: string): Fault | undefined {
    const fault = this.#rules.find(
      ({ rule, left, pattern, random }) =>
        left > 0 &&
        (rule.method ?? method).toUpperCase() === method &&
        pattern.test(path) &&
        (rule.probability === undefined || random() < rule.probability),
    );
    if (fault === undefined) return undefined;
    fault.left -= 1;
    fault.struck += 1;
    return fault;
  }
}
