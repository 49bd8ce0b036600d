import { expect } from 'vitest';
import { ERRORS } from '../../../src/errors.ts';
import type { ErrorCode } from '../../../src/errors.ts';

/**
 * What a refusal looks like from outside: status, content type and code, with further members where they matter.
 *
 * `status` in the body is the HTTP status (RFC 9457), so no further member may take its name.
 */
export function refusal(
  code: ErrorCode,
  members: Record<string, unknown> & { readonly status?: never; readonly code?: never } = {},
): object {
  const { status } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: { code, status, type: `urn:holdfast:problem:${code}`, ...members },
  };
}

/** A request that is not valid, with the place that is wrong. */
export function invalid(path: string): object {
  return refusal('validation_failed', { errors: expect.arrayContaining([expect.objectContaining({ path })]) });
}
