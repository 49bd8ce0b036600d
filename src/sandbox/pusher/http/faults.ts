import { makeRandom } from '../../http/random.ts';

/**
 * What can go wrong with a publication that would have been taken.
 *
 * `status_500`, `hang` and `drop_before` have no effect; `slow`, `drop_after` and `error_after` publish,
 * and `slow` does so late, whether or not somebody still waits for the answer.
 */
export const FAULT_KINDS = ['status_500', 'hang', 'slow', 'drop_before', 'drop_after', 'error_after'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultOrder {
  /** The share of publications that are struck, until the faults are taken back; replaces the share ordered before. */
  readonly rate?: number;
  /** What strikes by chance; everything when left out. */
  readonly kinds?: readonly FaultKind[];
  /** What strikes the next publications, one each, before chance is asked; comes behind what was ordered before. */
  readonly next?: readonly FaultKind[];
  readonly slowMs?: number;
  readonly hangMs?: number;
  readonly seed?: number;
}

export interface Fault {
  readonly kind: FaultKind;
  /** How long a slow or hanging one waits. */
  readonly waitMs: number;
}

interface Chance {
  readonly rate: number;
  readonly faults: readonly Fault[];
  readonly random: () => number;
}

const DEFAULT_SLOW_MS = 1_000;
const DEFAULT_HANG_MS = 30_000;
const NO_CHANCE: Chance = { rate: 0, faults: [], random: () => 1 };

/** The faults that wait to strike. They live as long as the process. */
export class Faults {
  #next: Fault[] = [];
  #chance = NO_CHANCE;
  readonly #struck = new Map<FaultKind, number>();

  add({
    rate,
    kinds = FAULT_KINDS,
    next = [],
    slowMs = DEFAULT_SLOW_MS,
    hangMs = DEFAULT_HANG_MS,
    seed = 1,
  }: FaultOrder) {
    const toFault = (kind: FaultKind): Fault => ({ kind, waitMs: kind === 'hang' ? hangMs : slowMs });
    this.#next.push(...next.map(toFault));
    if (rate !== undefined) this.#chance = { rate, faults: kinds.map(toFault), random: makeRandom(seed) };
  }

  clear(): void {
    this.#next = [];
    this.#chance = NO_CHANCE;
  }

  /** The fault that hits this publication, if one does. */
  strike(): Fault | undefined {
    const fault = this.#next.shift() ?? draw(this.#chance);
    if (fault !== undefined) this.#struck.set(fault.kind, (this.#struck.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  /** What waits, and how often each kind has struck since the start. */
  describe(): object {
    const { rate, faults } = this.#chance;
    const kindsOf = (some: readonly Fault[]) => some.map(({ kind }) => kind);
    return { rate, kinds: kindsOf(faults), next: kindsOf(this.#next), struck: Object.fromEntries(this.#struck) };
  }
}

function draw({ rate, faults, random }: Chance): Fault | undefined {
  if (rate === 0 || random() >= rate) return undefined;
  return faults[Math.floor(random() * faults.length)];
}
