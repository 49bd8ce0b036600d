import { randomBytes } from 'node:crypto';
import { hashToken } from '../../core/secrets/token.ts';

/** Crockford's base 32: no two characters that people confuse. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Forty bits: short enough to say aloud; a guess has ten minutes, and needs the same API key within its rate limit. */
const LENGTH = 8;

/** Makes the token that commits a proposal. */
export function makeProposalToken(): string {
  return [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** Hashes a token for storage, together with the API key: equal tokens of two keys have different hashes. */
export function hashProposalToken(keyId: string, token: string): string {
  return hashToken(`${keyId} ${token.toUpperCase().replaceAll(/[\s-]/g, '')}`);
}
