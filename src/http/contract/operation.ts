import type { FastifyRequest, FastifySchema } from 'fastify';
import { z } from 'zod';
import { ERRORS } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { Capability } from '../../domain/access/capabilities.ts';
import { problemSchema } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The permission a staff route requires. Every staff route names a permission. */
    permission?: Permission;
    /** The capability a guest token needs. Every guest route names a capability. */
    capability?: Capability;
    /** Honours Idempotency-Key and Prefer: dry-run. */
    isIdempotent?: boolean;
    /** The body names the kind of booking in `kind`. */
    booksByKind?: boolean;
    /** Responds with an open stream. */
    isStream?: boolean;
    /** A POST that changes nothing; a function where the path parameters decide. */
    isReading?: boolean | ((request: FastifyRequest) => boolean);
    /** Every error code the route may answer with. */
    errors?: readonly ErrorCode[];
  }
}

/** Error codes every route may answer with. */
const ALWAYS: readonly ErrorCode[] = ['validation_failed', 'rate_limited', 'internal_error', 'overloaded'];
const WITH_BODY: readonly ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];
const WITH_IDEMPOTENCY: readonly ErrorCode[] = ['answer_withheld', 'idempotency_in_progress', 'idempotency_key_reused'];
const BEHIND_LOGIN: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'not_found'];

interface Operation<Params, Query, Body, Answers> {
  /** OpenAPI's `operationId`: the method name in a generated client, unique over all routes. */
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Response schemas by status. */
  readonly answers: Answers;
  /** Error codes beyond those that every route of this kind has. */
  readonly errors?: readonly ErrorCode[];
  /** Honours Idempotency-Key and Prefer: dry-run. */
  readonly isIdempotent?: boolean;
  /** The body names the kind of booking in `kind`; STAY by default. */
  readonly booksByKind?: boolean;
  /** Responds with server-sent events. */
  readonly isStream?: boolean;
  /** Changes nothing, although it is a POST; a function where the path parameters decide. */
  readonly isReading?: boolean | ((request: FastifyRequest) => boolean);
  readonly permission?: Permission;
  readonly capability?: Capability;
  /** Requires a bearer token without a particular permission. */
  readonly needsLogin?: boolean;
  /** Honours If-Match. */
  readonly isVersioned?: boolean;
}

/**
 * Builds a route's contract: one schema validates the request and documents the route, error codes included.
 *
 * Returns: route options for Fastify, to spread into the route.
 */
export function operation<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answers extends Record<number, z.ZodType>,
>(spec: Operation<Params, Query, Body, Answers>) {
  const isGuarded = spec.permission !== undefined || spec.capability !== undefined || spec.needsLogin === true;
  const errors = [
    ...new Set([
      ...(spec.errors ?? []),
      ...(isGuarded ? BEHIND_LOGIN : []),
      ...(spec.body ? WITH_BODY : []),
      ...(spec.isIdempotent ? WITH_IDEMPOTENCY : []),
      ...ALWAYS,
    ]),
  ];
  const schema = {
    operationId: spec.id,
    summary: spec.summary,
    tags: [spec.tag],
    ...(spec.description && { description: spec.description }),
    ...(isGuarded && { security: [{ bearer: [] }] }),
    ...(spec.params && { params: spec.params }),
    ...headersOf(spec),
    ...(spec.query && { querystring: spec.query }),
    ...(spec.body && { body: spec.body }),
    response: { ...spec.answers, ...problemsByStatus(errors) },
  } satisfies FastifySchema;
  return {
    schema: schema as typeof schema & { params: Params; querystring: Query; body: Body },
    config: {
      errors,
      isIdempotent: spec.isIdempotent === true,
      isStream: spec.isStream === true,
      booksByKind: spec.booksByKind === true,
      ...(spec.isReading !== undefined && { isReading: spec.isReading }),
      ...(spec.permission && { permission: spec.permission }),
      ...(spec.capability && { capability: spec.capability }),
    },
  };
}

/** Gives a contract its own operation id on a second route, because ids are unique over all routes. */
export function withOperationId<Contract extends { readonly schema: { readonly operationId: string } }>(
  contract: Contract,
  id: string,
): Contract {
  return { ...contract, schema: { ...contract.schema, operationId: id } };
}

/** Documents the headers the route honours. Handlers check the values; other headers pass. */
function headersOf(spec: { readonly isIdempotent?: boolean; readonly isVersioned?: boolean }) {
  const headers = {
    ...(spec.isIdempotent && {
      'idempotency-key': z
        .string()
        .optional()
        .describe('Makes a retry safe for 24 hours. Without a login: at least 20 characters, for example a UUID.'),
      prefer: z.string().optional().describe('`dry-run` writes nothing.'),
    }),
    ...(spec.isVersioned && { 'if-match': z.string().optional().describe('The ETag of the last read.') }),
  };
  return Object.keys(headers).length === 0 ? {} : { headers: z.looseObject(headers) };
}

function problemsByStatus(errors: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus = Map.groupBy(errors, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: codes.join(', '), content: { 'application/problem+json': { schema: problemSchema(codes) } } },
    ]),
  );
}
