/** An attack by callers who stay within the limits of single addresses, or try not to. */
export interface Attack {
  readonly name: string;
  /** Attacks the server at `base`. Returns: what the attacker got, as a phrase. */
  run(base: string): Promise<string>;
}
