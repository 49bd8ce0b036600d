import { randomBytes } from 'node:crypto';
import { hashToken } from '../../secrets/token.ts';

/** No letter that is heard or read for another (Crockford's). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Forty bits: short enough to be passed on word by word, and good for minutes, by one key, within its rate limit. */
const LENGTH = 8;

/** A word that stands for what was proposed. */
export function makeProposalToken(): string {
  return [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** What is stored of it. Another key's token of the same letters is another token. */
export function hashProposalToken(keyId: string, token: string): string {
  return hashToken(`${keyId} ${token.toUpperCase().replaceAll(/[\s-]/g, '')}`);
}
