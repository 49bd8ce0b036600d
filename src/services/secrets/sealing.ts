import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Encryption keys, newest first: the first encrypts, all of them decrypt. */
export type Keyring = readonly { readonly id: string; readonly key: KeyObject }[];

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

/** A fingerprint under which sealed text can be found again, but not guessed without the key. Made with the newest key. */
export function fingerprint(keys: Keyring, text: string): string {
  const [made] = fingerprints(keys, text);
  if (made === undefined) throw new Error('Bug: an empty keyring');
  return made;
}

/** The fingerprints it may have been stored under, while not everything is sealed under the newest key. */
export function fingerprints(keys: Keyring, text: string): string[] {
  return keys.map(({ key }) => createHmac('sha256', key).update(text).digest('base64url'));
}
