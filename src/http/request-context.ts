import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { IdempotentRequest } from '../domain/ports/request-scope.ts';
import { AppError } from '../errors.ts';
import { nameCaller } from './caller.ts';

const MAX_KEY_LENGTH = 255;

const scopes = new WeakMap<FastifyRequest, Context>();

/** The context of one request: who asks for a dry run, and which repeat gets the first answer again. */
export function contextOf(ctx: Context, request: FastifyRequest): Context {
  const known = scopes.get(request);
  if (known !== undefined) return known;
  const isIdempotent = request.routeOptions.config.isIdempotent === true;
  const isDryRun = isIdempotent && /(^|,)\s*dry-run\s*(,|;|$)/.test(String(request.headers['prefer'] ?? ''));
  const idempotency = isIdempotent ? readIdempotencyKey(request) : null;
  const scoped = { ...ctx, request: { id: request.id, isDryRun, idempotency } };
  scopes.set(request, scoped);
  return scoped;
}

/** Tells the caller when an answer was the first one again, or a dry run. */
export function announceScope(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const scope = scopes.get(request)?.request;
    if (scope?.idempotency?.wasReplayed === true) reply.header('idempotent-replayed', 'true');
    if (scope?.isDryRun === true) reply.header('preference-applied', 'dry-run');
    done();
  });
}

/** One of the calls that a request may carry, as far as a repeat of it is to be known again. */
export interface CalledTool {
  readonly name: string;
  readonly args: unknown;
  /** What its caller knows it by; null when a repeat is another call. */
  readonly id: string | null;
}

/**
 * The context of one call of a tool. Its id is its idempotency key, whatever the call came in.
 *
 * Without an id, that of the request counts, where it has one.
 */
export function contextOfCall(ctx: Context, request: FastifyRequest, call: CalledTool): Context {
  const scoped = contextOf(ctx, request);
  const key = call.id === null ? readKeyHeader(request) : toKey(call.id);
  if (key === null) return scoped;
  const scope = `tool ${call.name} ${nameCaller(request)}`;
  const idempotency = { scope, key, requestHash: digest(spell(call.args)), wasReplayed: false };
  return { ...scoped, request: { ...scoped.request, idempotency } };
}

/** The call without an id of its own, known again by what it asks for within a conversation. */
export function callIdOf(conversation: string, name: string, args: unknown): string {
  return digest(spell([conversation, name, args]));
}

/** An id as it is, or what stands for one that is longer or odder than a key may be. */
function toKey(id: string): string {
  return isKey(id) ? id : digest(id);
}

function readIdempotencyKey(request: FastifyRequest): IdempotentRequest | null {
  const key = readKeyHeader(request);
  if (key === null) return null;
  return {
    scope: `${request.method} ${request.routeOptions.url ?? ''} ${nameCaller(request)}`,
    key,
    requestHash: digest(spell([request.params, request.body])),
    wasReplayed: false,
  };
}

function readKeyHeader(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !isKey(key)) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'Idempotency-Key', message: `must be 1 to ${String(MAX_KEY_LENGTH)} visible characters` }],
    });
  }
  return key;
}

function isKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text) && text.length <= MAX_KEY_LENGTH;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** JSON with sorted keys: the same body, however its members were ordered. */
function spell(body: unknown): string {
  return JSON.stringify(body, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
