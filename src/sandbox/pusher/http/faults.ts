import { makeRandom } from '../../http/random.ts';

/**
 * Faults that can replace the success of a valid publish request.
 *
 * `status_500`, `hang` and `drop_before` publish nothing; `slow`, `drop_after` and `error_after` publish.
 * `slow` publishes late, even when the client has disconnected.
 */
export const FAULT_KINDS = ['status_500', 'hang', 'slow', 'drop_before', 'drop_after', 'error_after'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultRule {
  /** Share of publish requests with a fault, until the faults are cleared; replaces the previous share. */
  readonly rate?: number;
  /** Kinds for random faults; all kinds by default. */
  readonly kinds?: readonly FaultKind[];
  /** Faults of the next publish requests, in order and before random faults; appended to earlier entries. */
  readonly next?: readonly FaultKind[];
  readonly slowMs?: number;
  readonly hangMs?: number;
  readonly seed?: number;
}

export interface Fault {
  readonly kind: FaultKind;
  /** Delay of a slow or hanging request. */
  readonly waitMs: number;
}

interface RandomFaults {
  readonly rate: number;
  readonly faults: readonly Fault[];
  readonly random: () => number;
}

const DEFAULT_SLOW_MS = 1_000;
const DEFAULT_HANG_MS = 30_000;
const NO_RANDOM_FAULTS: RandomFaults = { rate: 0, faults: [], random: () => 1 };

/** The injected faults, in the memory of the process. */
export class Faults {
  #next: Fault[] = [];
  #random = NO_RANDOM_FAULTS;
  readonly #struckByKind = new Map<FaultKind, number>();

  add({
    rate,
    kinds = FAULT_KINDS,
    next = [],
    slowMs = DEFAULT_SLOW_MS,
    hangMs = DEFAULT_HANG_MS,
    seed = 1,
  }: FaultRule) {
    const toFault = (kind: FaultKind): Fault => ({ kind, waitMs: kind === 'hang' ? hangMs : slowMs });
    this.#next.push(...next.map(toFault));
    if (rate !== undefined) this.#random = { rate, faults: kinds.map(toFault), random: makeRandom(seed) };
  }

  clear(): void {
    this.#next = [];
    this.#random = NO_RANDOM_FAULTS;
  }

  /** Takes the fault for the current publish request; undefined for none. */
  next(): Fault | undefined {
    const fault = this.#next.shift() ?? draw(this.#random);
    if (fault !== undefined) this.#struckByKind.set(fault.kind, (this.#struckByKind.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  /** Describes the injected faults, with a count per kind since the start. */
  describe(): object {
    const { rate, faults } = this.#random;
    const kindsOf = (list: readonly Fault[]) => list.map(({ kind }) => kind);
    return { rate, kinds: kindsOf(faults), next: kindsOf(this.#next), struck: Object.fromEntries(this.#struckByKind) };
  }
}

function draw({ rate, faults, random }: RandomFaults): Fault | undefined {
  if (rate === 0 || random() >= rate) return undefined;
  return faults[Math.floor(random() * faults.length)];
}
