import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import { ERRORS } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import type { Capability } from '../../domain/access/capabilities.ts';
import { problemSchema } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What staff must be allowed to do; every staff route names one. */
    permission?: Permission;
    /** What a guest's token must be good for; every guest route names one. */
    capability?: Capability;
    /** Honours Idempotency-Key and Prefer: dry-run. */
    isIdempotent?: boolean;
    /** The body says by `kind` what is booked. */
    booksByKind?: boolean;
    /** Answers for as long as somebody listens. */
    isStream?: boolean;
    /** Every code this route may refuse with. */
    errors?: readonly ErrorCode[];
  }
}

/** Whatever the route, these can happen. */
const ALWAYS: readonly ErrorCode[] = ['validation_failed', 'rate_limited', 'internal_error', 'overloaded'];
const WITH_BODY: readonly ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];
const WITH_IDEMPOTENCY: readonly ErrorCode[] = ['idempotency_in_progress', 'idempotency_key_reused'];
const BEHIND_LOGIN: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'not_found'];

interface Operation<Params, Query, Body, Answers> {
  readonly summary: string;
  readonly tag: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Status → schema of the answer. */
  readonly answers: Answers;
  /** What it can refuse with, beside what its kind always can. */
  readonly errors?: readonly ErrorCode[];
  /** Honours Idempotency-Key and Prefer: dry-run. */
  readonly isIdempotent?: boolean;
  /** The body says by `kind` what is booked; without it, a stay. */
  readonly booksByKind?: boolean;
  /** Answers with server-sent events for as long as somebody listens. */
  readonly isStream?: boolean;
  readonly permission?: Permission;
  readonly capability?: Capability;
  /** Needs a bearer token, though of no particular permission. */
  readonly needsLogin?: boolean;
  /** Honours If-Match. */
  readonly isVersioned?: boolean;
}

/**
 * A route's contract: what validates the request is what the API document shows, error codes included.
 *
 * Answers Fastify's route options, to be spread into the route.
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
      ...(spec.permission && { permission: spec.permission }),
      ...(spec.capability && { capability: spec.capability }),
    },
  };
}

/** Headers that mean something here. Others pass, and what these say is checked where they are read. */
function headersOf(spec: { readonly isIdempotent?: boolean; readonly isVersioned?: boolean }) {
  const headers = {
    ...(spec.isIdempotent && {
      'idempotency-key': z.string().optional().describe('Makes a repeat safe for 24 hours.'),
      prefer: z.string().optional().describe('`dry-run` writes nothing.'),
    }),
    ...(spec.isVersioned && { 'if-match': z.string().optional().describe('The ETag you have seen.') }),
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
