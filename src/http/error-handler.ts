import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { toProblem } from './problem.ts';

/** Every error leaves as problem+json: ours with their code, Fastify's translated, the rest as a 500 that says nothing. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => sendProblem(explain(error as FastifyError, request), request, reply));
  app.setNotFoundHandler((request, reply) => {
    const refusal = new AppError('not_found', {
      detail: `There is no ${request.method} ${request.url.split('?')[0] ?? ''}.`,
    });
    return sendProblem(refusal, request, reply);
  });
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

function explain(error: FastifyError, request: FastifyRequest): AppError {
  if (error instanceof AppError) {
    // Refusals are ordinary; what made us refuse for being busy is worth a look.
    if (error.code === 'overloaded') request.log.warn({ err: describeError(error.cause) }, 'overloaded');
    return error;
  }
  if (hasZodFastifySchemaValidationErrors(error)) return refuseInput(error);
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return new AppError(code, code === 'overloaded' ? { retryAfterSeconds: 1 } : {});
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new AppError('validation_failed', { errors: [{ path: '', message: error.message }] });
  }
  request.log.error({ err: describeError(error), url: request.routeOptions.url }, 'internal_error');
  return new AppError('internal_error');
}

/** What of an error is logged: database errors can carry whole rows in their detail, so only code and place are kept. */
function describeError(error: unknown): Record<string, unknown> | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  const isDatabase = error.name.startsWith('Prisma') || error.name === 'DriverAdapterError';
  const message = isDatabase
    ? error.message
        .split('\n')
        .at(-1)
        ?.replace(/Failing row contains.*/, '')
    : error.message;
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { name: error.name, code, message, stack: stack?.slice(0, 10).join('\n') };
}

interface ZodValidationError {
  readonly validation: readonly {
    readonly instancePath: string;
    readonly keyword: string;
    readonly message?: string;
    readonly params: { readonly keys?: readonly string[] };
  }[];
}

function refuseInput(error: ZodValidationError): AppError {
  const errors = error.validation.flatMap(({ instancePath, keyword, message = 'is not valid', params }) => {
    const path = instancePath.split('/').filter(Boolean);
    if (keyword !== 'unrecognized_keys') return [{ path: path.join('.'), message }];
    return (params.keys ?? []).map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
  });
  const [first] = errors;
  return new AppError('validation_failed', {
    detail: first ? [first.path, first.message].filter(Boolean).join(': ') : 'The request is not valid.',
    errors,
  });
}
