import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { toProblem } from './contract/problem.ts';

/**
 * Sends every error as problem+json: an AppError with its code, Fastify's errors mapped, all others as a plain 500.
 *
 * `isBusy` recognizes database timeouts, which become a 503 that the caller may retry.
 */
export function handleErrors(app: FastifyInstance, isBusy: (error: unknown) => boolean): void {
  app.setErrorHandler((error, request, reply) => {
    const thrown = isBusy(error) ? new AppError('overloaded', { retryAfterSeconds: 1, cause: error }) : error;
    return sendProblem(toAppError(thrown, request), request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new AppError('not_found', {
      detail: `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    });
    return sendProblem(error, request, reply);
  });
}

/** Sends an error that Fastify raises before routing, such as a path that cannot be decoded. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  // No hook ran for this request, so the header is set here.
  reply.header('x-request-id', request.id);
  void sendProblem(toAppError(error, request), request, reply);
}

async function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { retryAfterSeconds } = error.content;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(error.status)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(toProblem(error, request.id));
}

/** Our codes for Fastify's own errors. */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_HANDLER_TIMEOUT: 'overloaded',
};

/** Our words for requests that Fastify could not read. Its own messages name its parts. */
const UNREADABLE: Record<string, { readonly detail: string; readonly message: string }> = {
  FST_ERR_BAD_URL: { detail: 'The path has a % sign that is no escape.', message: 'must be a path with valid escapes' },
  FST_ERR_CTP_INVALID_JSON_BODY: { detail: 'The body is not valid JSON.', message: 'must be valid JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { detail: 'The body is empty.', message: 'must not be empty' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    detail: 'The body has another length than Content-Length says.',
    message: 'must be as long as Content-Length says',
  },
};

function unreadable(code: string): AppError {
  const { detail, message } = UNREADABLE[code] ?? {
    detail: 'The request cannot be read.',
    message: 'cannot be read',
  };
  return new AppError('validation_failed', { detail, errors: [{ path: '', message }] });
}

function toAppError(thrown: unknown, request: FastifyRequest): AppError {
  if (thrown instanceof AppError) {
    const error = thrown;
    // Other AppErrors are expected; the cause of an overload deserves a log line.
    if (error.code === 'overloaded') request.log.warn({ err: error.cause }, 'overloaded');
    return error;
  }
  const error = thrown as FastifyError;
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return new AppError(code, code === 'overloaded' ? { retryAfterSeconds: 1 } : {});
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return unreadable(error.code);
  }
  request.log.error({ err: error, url: request.routeOptions.url }, 'internal_error');
  return new AppError('internal_error');
}
