import type { RequestContext } from '../../../context.ts';
import { fingerprint } from '../../core/secrets/sealing.ts';

/** Share of a property's room-nights, or of a provider's open minutes, for the unpaid bookings of one network. */
const UNPAID_SHARE = 0.25;

/** A caller's network, and the share of the inventory that its unpaid bookings may take. */
export interface ClaimingNetwork {
  readonly hash: string;
  readonly share: number;
}

/** Finds the network that an unpaid booking counts against; null when RATE_LIMIT_SCALE is 0. */
export function findClaimingNetwork({ config, request }: RequestContext): ClaimingNetwork | null {
  const { RATE_LIMIT_SCALE: scale, ENCRYPTION_KEY: keys } = config;
  if (scale === 0) return null;
  return { hash: fingerprint(keys, `network ${request.network}`), share: UNPAID_SHARE * scale };
}
