import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SealedPlace } from './sealed-columns.ts';

/** Encryption keys, the newest first: the first encrypts, all decrypt. */
export type Keyring = readonly SealingKey[];
type SealingKey = { readonly id: string; readonly key: KeyObject };

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Marks text that is bound to its place and encrypted under a derived key; text without it is from a release before. */
export const BOUND_MARK = '2.';

interface DerivedKeys {
  readonly encryption: KeyObject;
  readonly fingerprints: KeyObject;
}

/** Derived once per key: a derivation takes longer than an encryption. */
const derived = new WeakMap<KeyObject, DerivedKeys>();

/** Derives one key per purpose (HKDF-SHA-256), so that no key is used by two algorithms. */
function deriveKeys({ key }: SealingKey): DerivedKeys {
  const known = derived.get(key);
  if (known !== undefined) return known;
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `holdfast ${purpose}`, KEY_BYTES)));
  const made = { encryption: derive('encryption'), fingerprints: derive('fingerprints') };
  derived.set(key, made);
  return made;
}

/**
 * Encrypts text with the newest key (AES-256-GCM), bound to its place: copied to another row, it does not open.
 *
 * Returns: `<key id>:2.<base64url of nonce, tag and ciphertext>`.
 */
export function seal(keys: Keyring, text: string, place: SealedPlace): string {
  const newest = keys[0];
  if (newest === undefined) throw new Error('Bug: an empty keyring');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKeys(newest).encryption, nonce);
  cipher.setAAD(bindTo(place));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${newest.id}:${BOUND_MARK}${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

/** Decrypts sealed text. Throws: Error when the key is missing, or the text was changed or moved. */
export function unseal(keys: Keyring, sealed: string, place: SealedPlace): string {
  const separator = sealed.indexOf(':');
  const id = sealed.slice(0, separator);
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined)
    throw new Error(`The encryption key "${id}" is needed to read older data; add it to ENCRYPTION_KEY`);
  const text = sealed.slice(separator + 1);
  const isBound = text.startsWith(BOUND_MARK);
  const bytes = Buffer.from(isBound ? text.slice(BOUND_MARK.length) : text, 'base64url');
  const secret = isBound ? deriveKeys(key).encryption : key.key;
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, NONCE_BYTES));
  if (isBound) decipher.setAAD(bindTo(place));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}

function bindTo({ column, row }: SealedPlace): Buffer {
  return Buffer.from(`${column} ${row}`, 'utf8');
}

/** Computes a keyed hash (HMAC-SHA-256, newest key) by which equality of sealed text can be queried. */
export function fingerprint(keys: Keyring, text: string): string {
  const newest = keys[0];
  if (newest === undefined) throw new Error('Bug: an empty keyring');
  return hashWith(deriveKeys(newest).fingerprints, text);
}

/**
 * Computes the fingerprints of a text under every key, because a rotation of keys may be unfinished.
 *
 * Releases before used the key itself instead of a derived one.
 */
export function fingerprints(keys: Keyring, text: string): string[] {
  return keys.flatMap((key) => [hashWith(deriveKeys(key).fingerprints, text), hashWith(key.key, text)]);
}

function hashWith(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
