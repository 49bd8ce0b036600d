import type { FastifyRequest } from 'fastify';
import { addressBlock, isIpv6, NETWORK, SITE, SUBSCRIBER } from '../../domain/access/address-block.ts';
import { normalizeEmail } from '../../domain/person/email.ts';
import { isRead } from './is-read.ts';

const MINUTE_MS = 60_000;

export interface RateLimit {
  /** Key of the shared count: scopes with an equal name share one count. */
  readonly name: string;
  readonly max: number;
  readonly timeWindow: number;
  readonly keyOf: (request: FastifyRequest) => string;
  /** Overrides `max` per request. */
  readonly maxOf?: (request: FastifyRequest) => number;
}

/** Limits of a scope, counted by address before the caller is known. */
export const ADDRESS_LIMITS = {
  public: {
    name: 'public',
    max: 300,
    timeWindow: MINUTE_MS,
    maxOf: (request) => (isRead(request) ? 300 : 30),
    keyOf: (request) => `${isRead(request) ? 'read' : 'write'} ${addressOf(request)}`,
  },
  session: { name: 'session', max: 120, timeWindow: MINUTE_MS, keyOf: addressOf },
  /** Requests by guest tokens, over all tokens: anybody can book, and has a token. */
  guests: { name: 'guests', max: 300, timeWindow: MINUTE_MS, keyOf: addressOf },
  /** Paths that lead nowhere. */
  unknown: { name: 'unknown', max: 60, timeWindow: MINUTE_MS, keyOf: addressOf },
} as const satisfies Record<string, RateLimit>;

/** Limits of authenticated callers, counted by what the credential stands for and not by how it is written. */
export const CALLER_LIMITS = {
  guest: { name: 'guest', max: 60, timeWindow: MINUTE_MS, keyOf: bookingIdOf },
  staff: { name: 'staff', max: 600, timeWindow: MINUTE_MS, keyOf: userIdOf },
  agent: { name: 'agent', max: 120, timeWindow: MINUTE_MS, keyOf: keyIdOf },
  /** A dashboard subscribes to dozens of channels at once. */
  realtime: { name: 'realtime', max: 600, timeWindow: MINUTE_MS, keyOf: listenerIdOf },
} as const satisfies Record<string, RateLimit>;

/** Limits of single actions and failures. All multiplied by RATE_LIMIT_SCALE, as every limit is. */
export const ACTION_LIMITS = {
  /** The many addresses of one IPv6 customer, eight times what one subscriber may. */
  site: { name: 'site', max: 8 * 300, timeWindow: MINUTE_MS, keyOf: siteOf },
  /** Failed logins of an account from one network. An account alone is never locked, or anybody could lock it. */
  account: { name: 'account', max: 10, timeWindow: 15 * MINUTE_MS, keyOf: accountAndNetworkOf },
  /** Failed logins from one network, over all accounts. */
  login: { name: 'login', max: 100, timeWindow: 15 * MINUTE_MS, keyOf: networkOf },
  /** Webhooks with an invalid signature; valid webhooks are not limited. */
  forgery: { name: 'forgery', max: 60, timeWindow: MINUTE_MS, keyOf: addressOf },
  /** Invalid promo codes, against guessing: of an address, of a network at one property, and of a property. */
  promos: { name: 'promos', max: 10, timeWindow: MINUTE_MS, keyOf: addressOf },
  promosOfNetwork: {
    name: 'promosOfNetwork',
    max: 30,
    timeWindow: MINUTE_MS,
    keyOf: (request) => `${networkOf(request)} ${slugOf(request)}`,
  },
  promosOfProperty: { name: 'promosOfProperty', max: 300, timeWindow: MINUTE_MS, keyOf: slugOf },
  /** Computed availability, in days of one service: a read of many days costs as much as many reads of one. */
  days: { name: 'days', max: 6_000, timeWindow: MINUTE_MS, keyOf: addressOf },
  /** Failed authentications: all invalid tokens of an address share this limit. */
  guesses: { name: 'guesses', max: 60, timeWindow: MINUTE_MS, keyOf: addressOf },
  /** Agents' searches for a booking that find none: codes are in sequence, and surnames can be guessed. */
  findings: { name: 'findings', max: 30, timeWindow: 60 * MINUTE_MS, keyOf: keyIdOf },
  findingsOfProperty: { name: 'findingsOfProperty', max: 60, timeWindow: 60 * MINUTE_MS, keyOf: slugOf },
  /** Requests that make the server call the gateway, by booking. */
  gateway: { name: 'gateway', max: 30, timeWindow: 15 * MINUTE_MS, keyOf: bookingIdOf },
} as const satisfies Record<string, RateLimit>;

/** Returns the caller's subscriber: an IPv4 address, or the /56 of an IPv6 address. */
export function addressOf(request: FastifyRequest): string {
  return addressBlock(request.ip, SUBSCRIBER);
}

/** Returns the caller's network: the /24 of an IPv4 address, the /56 of an IPv6 address. */
export function networkOf(request: FastifyRequest): string {
  return addressBlock(request.ip, NETWORK);
}

/** Tells whether the address belongs to a block whose owner has many subscribers' worth of addresses. */
export function hasSite(request: FastifyRequest): boolean {
  return isIpv6(request.ip);
}

function siteOf(request: FastifyRequest): string {
  return addressBlock(request.ip, SITE);
}

function slugOf(request: FastifyRequest): string {
  if (request.caller.type === 'AGENT') return request.caller.access.slug;
  const { slug = '' } = request.params as { slug?: string };
  return slug.toLowerCase();
}

function accountAndNetworkOf(request: FastifyRequest): string {
  return `${normalizeEmail((request.body as { email: string }).email)} ${networkOf(request)}`;
}

function bookingIdOf(request: FastifyRequest): string {
  const { caller } = request;
  return caller.type === 'GUEST' ? caller.access.bookingId : addressOf(request);
}

function userIdOf(request: FastifyRequest): string {
  const { caller } = request;
  return caller.type === 'STAFF' || caller.type === 'USER' ? caller.user.id : addressOf(request);
}

function listenerIdOf(request: FastifyRequest): string {
  return request.caller.type === 'GUEST' ? bookingIdOf(request) : userIdOf(request);
}

function keyIdOf(request: FastifyRequest): string {
  const { caller } = request;
  return caller.type === 'AGENT' ? caller.access.keyId : addressOf(request);
}
