import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Incoming } from '../../http/exchange.ts';
import type { PusherApp } from '../pusher-app.ts';
import { PusherFailure } from './pusher-failure.ts';

/** Largest difference between the clocks of client and server; Pusher's limit. */
const TOLERANCE_SECONDS = 600;

/** Checks the signature, the timestamp and the body hash of a request. Throws: PusherFailure 401. */
export function checkSignature(app: PusherApp, { method, path, query, body }: Incoming): void {
  const given = new URLSearchParams(query);
  if (given.get('auth_key') !== app.key)
    throw unauthorized(`Unknown auth_key: ${given.get('auth_key') ?? 'none given'}`);
  if (given.get('auth_version') !== '1.0') throw unauthorized('The auth_version must be 1.0');
  const now = Math.floor(Date.now() / 1000);
  const timestamp = given.get('auth_timestamp') ?? '';
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) {
    throw unauthorized(
      `Timestamp expired: Given timestamp (${timestamp}) not within ${String(TOLERANCE_SECONDS)}s of server time (${String(now)})`,
    );
  }
  const bodyMd5 = given.get('body_md5');
  const isBodySigned = body === '' && bodyMd5 === null;
  if (!isBodySigned && bodyMd5 !== createHash('md5').update(body, 'utf8').digest('hex')) {
    throw unauthorized('Invalid body_md5: must be the MD5 of the body');
  }
  const toSign = [method, path, sortedQuery(given)].join('\n');
  const signature = given.get('auth_signature') ?? '';
  if (isSame(signature, sign(app.secret, toSign))) return;
  throw unauthorized(
    `Invalid signature: you should have sent HmacSHA256Hex(${JSON.stringify(toSign)}, your_secret_key), but you sent ${JSON.stringify(signature)}`,
  );
}

/** Checks the `key:signature` with which the application's server lets a socket join a channel. */
export function isAuthorized(app: PusherApp, auth: string, signed: readonly string[]): boolean {
  return isSame(auth, `${app.key}:${sign(app.secret, signed.join(':'))}`);
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}

/** Encodes the query for the signature: without the signature, names in lower case and sorted. */
function sortedQuery(given: URLSearchParams): string {
  const named = [...given].map(([name, value]) => [name.toLowerCase(), value] as const);
  return named
    .filter(([name]) => name !== 'auth_signature')
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Compares in constant time, against timing attacks. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function unauthorized(message: string): PusherFailure {
  return new PusherFailure(401, message);
}
