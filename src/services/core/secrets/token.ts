import { createHash, randomBytes } from 'node:crypto';

/** Makes a secret token of 256 random bits. The caller stores only the hash. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Hashes a token for storage. A plain SHA-256 suffices, because tokens are random. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
