import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { IdempotentRequest } from '../../../domain/ports/request-scope.ts';
import { AppError } from '../../../errors.ts';
import { keyPlace } from '../secrets/sealed-columns.ts';
import { seal, unseal } from '../secrets/sealing.ts';

/** A value that survives a round trip through JSON: no Date, bigint or undefined. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };

/**
 * The type of a response under an idempotency key: stored as JSON, and parsed by `schema` for a repeat.
 *
 * For a day after a deployment a repeat may get a response stored by the release before. So a new member needs a
 * default in the schema, and unknown members are dropped.
 */
export interface StoredResponse<T extends Json> {
  /** The name of the response in the error of a failed parse. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  /** Members for the refusal of a caller who may not have the response. */
  readonly describeWithheld: (response: T) => Readonly<Record<string, Json>>;
}

/** Defines a stored response. The type of the schema's output must be JSON. */
export function storedResponse<T extends Json>(
  name: string,
  schema: z.ZodType<T>,
  describeWithheld: StoredResponse<T>['describeWithheld'] = () => ({}),
): StoredResponse<T> {
  return { name, schema, describeWithheld };
}

/** A response as it is stored, with the network of the anonymous caller who got it. */
const envelopeSchema = z.strictObject({ network: z.string().nullable(), response: z.json() });

/** Returns the request's idempotency key; null without a key, and in a dry run, which stores nothing. */
export function keyedRequestOf(ctx: RequestContext): IdempotentRequest | null {
  return ctx.request.isDryRun ? null : ctx.request.idempotency;
}

/** Encrypts a response, which may hold a token or personal data. Uncompressed: deflate costs more than the space. */
export function sealResponse<T extends Json>(
  ctx: RequestContext,
  request: IdempotentRequest,
  _: StoredResponse<T>,
  response: NoInfer<T>,
): string {
  const envelope = JSON.stringify({ network: request.network, response });
  return seal(ctx.config.ENCRYPTION_KEY, envelope, keyPlace('answer_sealed', request));
}

/** Encrypts the hash of a request: personal data can be guessed from an unkeyed hash. */
export function sealRequest(ctx: RequestContext, request: IdempotentRequest): string {
  return seal(ctx.config.ENCRYPTION_KEY, request.requestHash, keyPlace('request_sealed', request));
}

/**
 * Decrypts and parses a stored response, and marks the request as replayed.
 *
 * Throws: answer_withheld for an anonymous caller of another network than the first.
 */
export function replayResponse<T extends Json>(
  ctx: RequestContext,
  { name, schema, describeWithheld }: StoredResponse<T>,
  { request, answerSealed }: { readonly request: IdempotentRequest; readonly answerSealed: string },
): T {
  const place = keyPlace('answer_sealed', request);
  const stored: unknown = JSON.parse(unseal(ctx.config.ENCRYPTION_KEY, answerSealed, place));
  // Releases before stored the bare response, without the caller's network.
  const envelope = envelopeSchema.safeParse(stored);
  const parsed = schema.safeParse(envelope.success ? envelope.data.response : stored);
  // No refusal would be true, because the request took effect: an incompatible schema is a bug.
  if (!parsed.success) throw new Error(`Bug: the stored response "${name}" does not parse`, { cause: parsed.error });
  if (request.network !== null && envelope.data?.network !== request.network) {
    throw new AppError('answer_withheld', {
      detail: 'The first request took effect. Its answer holds a secret link, which only the first caller gets again.',
      extra: describeWithheld(parsed.data),
    });
  }
  request.wasReplayed = true;
  return parsed.data;
}

/** The request of a stored key. */
interface StoredRequest {
  /** Unkeyed hash of a release before; null since. */
  readonly requestHash: string | null;
  readonly requestSealed: string | null;
}

/** Checks that the key belongs to this request. Throws: idempotency_key_reused. */
export function assertSameRequest(ctx: RequestContext, request: IdempotentRequest, stored: StoredRequest): void {
  const { requestSealed, requestHash } = stored;
  const place = keyPlace('request_sealed', request);
  const first = requestSealed === null ? requestHash : unseal(ctx.config.ENCRYPTION_KEY, requestSealed, place);
  if (first !== request.requestHash) throw new AppError('idempotency_key_reused');
}

/** Creates the refusal of a repeat while the first request is running. */
export function createInProgressError(): AppError {
  return new AppError('idempotency_in_progress', { retryAfterSeconds: 1 });
}
