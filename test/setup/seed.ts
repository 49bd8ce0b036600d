import fc from 'fast-check';
import { SEED, SHARE, TIER } from '../support/tier/tier.ts';

/** Cases of a property that names no number. */
const CASES = { small: 100, middle: 100, full: Math.max(100, Math.round(1_000 * SHARE)) };

fc.configureGlobal({ seed: SEED, numRuns: CASES[TIER] });
