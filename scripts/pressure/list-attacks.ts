import type { Attack } from './attack.ts';
import { COMPUTE_ATTACKS } from './attacks/compute.ts';
import { CREDENTIAL_ATTACKS } from './attacks/credentials.ts';
import { FLOOD_ATTACKS } from './attacks/flood.ts';
import { GUESS_ATTACKS } from './attacks/guess.ts';
import { HOLD_ATTACKS } from './attacks/hold.ts';

/** Every attack, in the order in which they are run. */
export const ATTACKS: readonly Attack[] = [
  ...FLOOD_ATTACKS,
  ...HOLD_ATTACKS,
  ...GUESS_ATTACKS,
  ...COMPUTE_ATTACKS,
  ...CREDENTIAL_ATTACKS,
];
