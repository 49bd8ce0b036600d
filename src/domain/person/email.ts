import { domainToASCII } from 'node:url';
import { dropInvisible } from './visible-text.ts';

const MAX_LOCAL_LENGTH = 64;
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** A host name with a top-level domain, in ASCII. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/** Cleans an e-mail address as it is stored and shown: NFC, without spaces around it and invisible characters. */
export function cleanEmail(email: string): string {
  return dropInvisible(email).normalize('NFC').trim();
}

/** Tells whether a cleaned text is an e-mail address. Letters of every script are allowed on both sides of the @. */
export function isEmail(email: string): boolean {
  const { local, domain } = splitEmail(email);
  return local.length <= MAX_LOCAL_LENGTH && LOCAL.test(local) && DOMAIN.test(domain);
}

/** Normalizes an e-mail address for comparison: lower case, the domain in ASCII as DNS knows it. */
export function normalizeEmail(email: string): string {
  const { local, domain, typed } = splitEmail(cleanEmail(email).toLowerCase());
  return `${local}@${domain === '' ? typed : domain}`;
}

/** Writes an e-mail address in ASCII, for systems that know no other; null where the part before the @ can't be. */
export function toAsciiEmail(email: string): string | null {
  const { local, domain } = splitEmail(cleanEmail(email));
  return /^[\u0021-\u007e]+$/.test(local) && domain !== '' ? `${local}@${domain}` : null;
}

function splitEmail(email: string): { local: string; domain: string; typed: string } {
  const at = email.lastIndexOf('@');
  const typed = email.slice(at + 1);
  // A space or a slash would end the host name in a URL; neither belongs to one here.
  const domain = /[\s/?#\\:@]/.test(typed) ? '' : domainToASCII(typed);
  return { local: email.slice(0, Math.max(0, at)), domain, typed };
}
