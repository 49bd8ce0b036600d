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

/** Something to go wrong: before or after the effect the connection is cut, an error answered, or nothing for a while. */
export interface FaultOrder {
  readonly kind: FaultKind;
  readonly method?: string;
  /** A regular expression over the path; every path when left out. */
  readonly path?: string;
  /** How often it strikes; once by default, without end when it strikes by chance. */
  readonly times?: number;
  readonly probability?: number;
  readonly seed?: number;
  readonly hangMs?: number;
  /** What an error answers; 500 by default. */
  readonly status?: number;
  /** A hang before the effect ends in the effect even if the client has gone by then. */
  readonly late?: boolean;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly hangMs: number;
  readonly status: number;
  readonly isLate: boolean;
}

interface Armed extends Fault {
  readonly order: FaultOrder;
  readonly pattern: RegExp;
  readonly random: () => number;
  left: number;
  struck: number;
}

const DEFAULT_HANG_MS = 30_000;

/** The faults that wait to strike. They live as long as the process. */
export class Faults {
  readonly #armed: Armed[] = [];

  /** Throws: SyntaxError when `path` is not a regular expression. */
  add(order: FaultOrder): void {
    this.#armed.push({
      order,
      kind: order.kind,
      hangMs: order.hangMs ?? DEFAULT_HANG_MS,
      status: order.status ?? 500,
      isLate: order.late ?? false,
      pattern: new RegExp(order.path ?? ''),
      random: makeRandom(order.seed ?? 1),
      left: order.times ?? (order.probability === undefined ? 1 : Infinity),
      struck: 0,
    });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  list(): object[] {
    return this.#armed.map(({ order, left, struck }) => ({
      ...order,
      left: Number.isFinite(left) ? left : null,
      struck,
    }));
  }

  /** The fault that hits this request, if one does: the oldest that fits. */
  strike(method: string, path: string): Fault | undefined {
    const fault = this.#armed.find(
      (one) =>
        one.left > 0 &&
        (one.order.method ?? method).toUpperCase() === method &&
        one.pattern.test(path) &&
        (one.order.probability === undefined || one.random() < one.order.probability),
    );
    if (fault === undefined) return undefined;
    fault.left -= 1;
    fault.struck += 1;
    return fault;
  }
}
