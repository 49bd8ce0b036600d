import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Incoming } from '../../http/exchange.ts';
import type { PusherApp } from '../pusher-app.ts';
import { PusherFailure } from './pusher-failure.ts';

/** How far a request's clock may be from ours. */
const TOLERANCE_SECONDS = 600;

/** Throws: PusherFailure 401 unless the request was signed with the application's secret, not long ago, body included. */
export function checkSignature(app: PusherApp, { method, path, query, body }: Incoming): void {
  const given = new URLSearchParams(query);
  if (given.get('auth_key') !== app.key) throw refuse(`Unknown auth_key: ${given.get('auth_key') ?? 'none given'}`);
  if (given.get('auth_version') !== '1.0') throw refuse('The auth_version must be 1.0');
  const now = Math.floor(Date.now() / 1000);
  const timestamp = given.get('auth_timestamp') ?? '';
  // NaN is not within anything.
  if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) {
    throw refuse(
      `Timestamp expired: Given timestamp (${timestamp}) not within ${String(TOLERANCE_SECONDS)}s of server time (${String(now)})`,
    );
  }
  const bodyMd5 = given.get('body_md5');
  const isBodySigned = body === '' && bodyMd5 === null;
  if (!isBodySigned && bodyMd5 !== createHash('md5').update(body, 'utf8').digest('hex')) {
    throw refuse('Invalid body_md5: it is not the MD5 of the body that came');
  }
  const toSign = [method, path, sortedQuery(given)].join('\n');
  const signature = given.get('auth_signature') ?? '';
  if (isSame(signature, sign(app.secret, toSign))) return;
  throw refuse(
    `Invalid signature: you should have sent HmacSHA256Hex(${JSON.stringify(toSign)}, your_secret_key), but you sent ${JSON.stringify(signature)}`,
  );
}

/** Whether a socket may join a channel: `key:signature`, as the application's server signs it. */
export function isAuthorized(app: PusherApp, auth: string, signed: readonly string[]): boolean {
  return isSame(auth, `${app.key}:${sign(app.secret, signed.join(':'))}`);
}

function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex');
}

/** Everything but the signature, decoded, names in small letters and in order. */
function sortedQuery(given: URLSearchParams): string {
  const named = [...given].map(([name, value]) => [name.toLowerCase(), value] as const);
  return named
    .filter(([name]) => name !== 'auth_signature')
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refuse(message: string): PusherFailure {
  return new PusherFailure(401, message);
}
