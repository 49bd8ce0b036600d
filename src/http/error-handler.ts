import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError } from '../errors.ts';
import type { ErrorCode, FieldError } from '../errors.ts';
import { toProblem } from './contract/problem.ts';

/**
 * Every error leaves as problem+json: ours with their code, Fastify's translated, the rest as a 500 that says nothing.
 *
 * `isBusy` knows a database that does not answer in time: that is no bug, and the caller may come again.
 */
export function handleErrors(app: FastifyInstance, isBusy: (error: unknown) => boolean): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = isBusy(error) ? new AppError('overloaded', { retryAfterSeconds: 1, cause: error }) : error;
    return sendProblem(explain(refusal, request), request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const refusal = new AppError('not_found', {
      detail: `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    });
    return sendProblem(refusal, request, reply);
  });
}

/** What Fastify refuses before it has found a route, such as a path that can't be decoded. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  // No hook has run for this request, so the header they set is set here.
  reply.header('x-request-id', request.id);
  void sendProblem(explain(error, request), request, reply);
}

async function sendProblem(refusal: AppError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { retryAfterSeconds } = refusal.content;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(refusal.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(toProblem(refusal, request.id));
}

/** Codes for what Fastify itself refuses. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_HANDLER_TIMEOUT: 'overloaded',
};

function explain(thrown: unknown, request: FastifyRequest): AppError {
  if (thrown instanceof AppError) {
    const error = thrown;
    // Refusals are ordinary; what made us refuse for being busy is worth a look.
    if (error.code === 'overloaded') request.log.warn({ err: error.cause }, 'overloaded');
    return error;
  }
  if (hasZodFastifySchemaValidationErrors(thrown)) return refuseInput(thrown);
  const error = thrown as FastifyError;
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return new AppError(code, code === 'overloaded' ? { retryAfterSeconds: 1 } : {});
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new AppError('validation_failed', { errors: [{ path: '', message: error.message }] });
  }
  request.log.error({ err: error, url: request.routeOptions.url }, 'internal_error');
  return new AppError('internal_error');
}

interface ZodIssue {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: { readonly keys?: readonly string[]; readonly errors?: readonly (readonly NestedIssue[])[] };
}

/** An issue inside a union, as zod reports it. */
interface NestedIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function refuseInput({ validation }: { readonly validation: readonly ZodIssue[] }): AppError {
  const errors = validation.flatMap(({ instancePath, keyword, message = 'is not valid', params }) =>
    describeIssue({ path: instancePath.split('/').filter(Boolean), code: keyword, message, ...params }),
  );
  const [first] = errors;
  return new AppError('validation_failed', {
    detail: first ? [first.path, first.message].filter(Boolean).join(': ') : 'The request is not valid.',
    errors,
  });
}

function describeIssue(issue: NestedIssue & { readonly errors?: readonly (readonly NestedIssue[])[] }): FieldError[] {
  const { path, code, message } = issue;
  const spell = (parts: readonly PropertyKey[]) => parts.map(String).join('.');
  if (code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({ path: spell([...path, key]), message: 'is not known here' }));
  }
  // Of the forms a union allows, the one that was meant is the one that was understood furthest.
  const depth = (branch: readonly NestedIssue[]) => Math.max(...branch.map((nested) => nested.path.length));
  const [meant] = [...(issue.errors ?? [])].sort((a, b) => depth(b) - depth(a));
  if (meant === undefined) return [{ path: spell(path), message }];
  return meant.flatMap((nested) => describeIssue({ ...nested, path: [...path, ...nested.path] }));
}
