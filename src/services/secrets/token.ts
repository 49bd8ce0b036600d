import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits that open a door. Given out once; only its hash is kept. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. Tokens are random, so a plain hash can't be guessed back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
