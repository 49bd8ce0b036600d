import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { IdempotentRequest } from '../domain/request-scope.ts';
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
  app.addHook('onSend', async (request, reply) => {
    const scope = scopes.get(request)?.request;
    if (scope?.idempotency?.wasReplayed === true) reply.header('idempotent-replayed', 'true');
    if (scope?.isDryRun === true) reply.header('preference-applied', 'dry-run');
  });
}

function readIdempotencyKey(request: FastifyRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key) || key.length > MAX_KEY_LENGTH) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'Idempotency-Key', message: `must be 1 to ${String(MAX_KEY_LENGTH)} visible characters` }],
    });
  }
  return {
    scope: `${request.method} ${request.routeOptions.url ?? ''} ${nameCaller(request)}`,
    key,
    requestHash: createHash('sha256')
      .update(spell([request.params, request.body]))
      .digest('base64url'),
    wasReplayed: false,
  };
}

/** JSON with sorted keys: the same body, however its members were ordered. */
function spell(body: unknown): string {
  return JSON.stringify(body, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
