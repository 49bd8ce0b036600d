import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context, RequestContext } from '../context.ts';
import type { Author } from '../domain/booking/booking.ts';
import { addressBlock, NETWORK } from '../domain/access/address-block.ts';
import type { AnnouncedEvent } from '../domain/feed/property-change.ts';
import type { IdempotentRequest, RequestScope } from '../domain/ports/request-scope.ts';
import { AppError } from '../errors.ts';
import { actorOf, canChangeWallet, nameCaller } from './access/caller.ts';
import type { Caller } from './access/caller.ts';
import { isRead } from './limits/is-read.ts';
import { networkOf } from './limits/rate-limits.ts';

const MAX_KEY_LENGTH = 255;
/** Without a login, the key is the secret that the first answer is given again for: a UUID is long enough. */
const MIN_ANONYMOUS_KEY_LENGTH = 20;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `openRequestContexts` after validation, before the handler runs. */
    ctx: RequestContext;
  }
}

/** Sets the context of every request: author, idempotency key and dry run. Throws: validation_failed for a bad key. */
export function openRequestContexts(app: FastifyInstance, ctx: Context): void {
  app.decorateRequest('ctx');
  app.addHook('preHandler', (request, _reply, done) => {
    // An unknown path has neither a guard nor a caller, and its refusal needs no context.
    if ((request.caller as Caller | undefined) === undefined) {
      done();
      return;
    }
    try {
      request.ctx = makeRequestContext(ctx, { author: authorOf(request), request: readScope(request) });
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Makes the context of a request. Outside of tests only `openRequestContexts` calls this function. */
export function makeRequestContext(
  ctx: Context,
  own: { readonly author: Author; readonly request: RequestScope },
): RequestContext {
  return { ...ctx, ...own } as RequestContext;
}

/**
 * Sets a path parameter and renews the request's idempotency key, which covers the path parameters.
 *
 * For hooks that replace an alias in the path, so that a repeat under another alias replays the first response.
 */
export function setPathParameter(request: FastifyRequest, name: string, value: string): void {
  (request.params as Record<string, string>)[name] = value;
  request.ctx = { ...request.ctx, request: readScope(request) };
}

function authorOf(request: FastifyRequest): Author {
  return { actor: actorOf(request), requestId: request.id, canChangeWallet: canChangeWallet(request) };
}

function readScope(request: FastifyRequest): RequestScope {
  const isIdempotent = request.routeOptions.config.isIdempotent === true;
  const isDryRun = isRead(request) && !isIdempotent ? false : readDryRun(request, isIdempotent);
  const idempotency = isIdempotent ? readIdempotencyKey(request) : null;
  const network = addressBlock(request.ip, NETWORK);
  return { id: request.id, network, isDryRun, idempotency, announcements: [] };
}

/**
 * Tells whether a request asks for a dry run: `Prefer: dry-run`, in any case, among other preferences (RFC 7240).
 *
 * Throws: validation_failed when the route honours no dry run, and for a spelling that would be ignored in silence.
 */
function readDryRun(request: FastifyRequest, isHonoured: boolean): boolean {
  const preferences = String(request.headers['prefer'] ?? '').split(',');
  const named = preferences.map((preference) => preference.split(';')[0]?.trim().toLowerCase() ?? '');
  const requests = named.filter((name) => /^"?dry[\s_.-]*run/.test(name));
  if (requests.length === 0) return false;
  if (!isHonoured) throw preferError('dry-run is not possible here; nothing was written');
  if (requests.some((name) => name !== 'dry-run')) throw preferError('must be written dry-run; nothing was written');
  return true;
}

function preferError(message: string): AppError {
  return new AppError('validation_failed', { detail: `Prefer: ${message}`, errors: [{ path: 'Prefer', message }] });
}

/** Lists the events that the request has written, rolled back ones included; none where it has no context yet. */
export function announcementsOf(request: FastifyRequest): readonly AnnouncedEvent[] {
  return (request.ctx as RequestContext | undefined)?.request.announcements ?? [];
}

/** Adds the headers that mark a replayed response or a dry run. */
export function sendScopeHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    // A request rejected before its handler has no context.
    const scope = (request.ctx as RequestContext | undefined)?.request;
    if (scope?.idempotency?.wasReplayed === true) reply.header('idempotent-replayed', 'true');
    if (scope?.isDryRun === true) reply.header('preference-applied', 'dry-run');
    done();
  });
}

/** One tool call of a request, reduced to the parts that identify a repeat. */
export interface IdentifiedCall {
  readonly name: string;
  readonly args: unknown;
  /** The caller's id of the call; null when every call counts as new. */
  readonly id: string | null;
}

/**
 * Makes the context of one tool call, with the id of the call as its idempotency key.
 *
 * A call without an id uses the Idempotency-Key of the request, if present.
 */
export function contextForToolCall(request: FastifyRequest, call: IdentifiedCall): RequestContext {
  const scoped = request.ctx;
  const key = call.id === null ? readKeyHeader(request) : toKey(call.id);
  if (key === null) return scoped;
  const scope = `tool ${call.name} ${nameCaller(request)}`;
  const idempotency = { scope, key, requestHash: digest(canonicalJson(call.args)), network: null, wasReplayed: false };
  return { ...scoped, request: { ...scoped.request, idempotency } };
}

/** Derives the id of a call without an id from its conversation, tool and arguments. */
export function deriveCallId(conversation: string, name: string, args: unknown): string {
  return digest(canonicalJson([conversation, name, args]));
}

/** Returns the id, or its digest when the id is no valid idempotency key. */
function toKey(id: string): string {
  return isKey(id) ? id : digest(id);
}

function readIdempotencyKey(request: FastifyRequest): IdempotentRequest | null {
  const key = readKeyHeader(request);
  if (key === null) return null;
  const isAnonymous = request.caller.type === 'ANYONE';
  if (isAnonymous && key.length < MIN_ANONYMOUS_KEY_LENGTH) throw refuseKey(SHORT_KEY);
  return {
    scope: `${request.method} ${request.routeOptions.url ?? ''} ${nameCaller(request)}`,
    key,
    requestHash: digest(canonicalJson([request.params, request.body])),
    network: isAnonymous ? networkOf(request) : null,
    wasReplayed: false,
  };
}

function readKeyHeader(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !isKey(key)) {
    throw refuseKey(`must be 1 to ${String(MAX_KEY_LENGTH)} visible characters`);
  }
  return key;
}

const SHORT_KEY = `must have at least ${String(MIN_ANONYMOUS_KEY_LENGTH)} characters without a login, for example a UUID`;

function refuseKey(message: string): AppError {
  return new AppError('validation_failed', { errors: [{ path: 'Idempotency-Key', message }] });
}

function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text) && text.length <= MAX_KEY_LENGTH;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Serializes JSON with sorted keys, so that the order of members does not matter. */
function canonicalJson(body: unknown): string {
  return JSON.stringify(body, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
