import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Encryption keys, newest first: the first encrypts, all of them decrypt. */
export type Keyring = readonly { readonly id: string; readonly key: Buffer }[];

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts text so that only a holder of the key can read or change it: `<key id>:<base64url>`, AES-256-GCM. */
export function seal(keys: Keyring, text: string): string {
  const newest = keys[0];
  if (newest === undefined) throw new Error('Bug: an empty keyring');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', newest.key, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${newest.id}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** What was sealed. Throws when its key is no longer in the ring, or when somebody changed it. */
export function unseal(keys: Keyring, sealed: string): string {
  const separator = sealed.indexOf(':');
  const id = sealed.slice(0, separator);
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined)
    throw new Error(`The encryption key "${id}" is needed to read older data; add it to ENCRYPTION_KEY`);
  const bytes = Buffer.from(sealed.slice(separator + 1), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}

/**
 * A fingerprint under which sealed text can be found again, but not guessed without the key.
 *
 * Uses the oldest key, so that adding a new one in front changes no fingerprint.
 */
export function fingerprint(keys: Keyring, text: string): string {
  const oldest = keys.at(-1);
  if (oldest === undefined) throw new Error('Bug: an empty keyring');
  return createHmac('sha256', oldest.key).update(text).digest('base64url');
}
