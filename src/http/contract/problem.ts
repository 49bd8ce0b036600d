import { z } from 'zod';
import { AppError, ERRORS } from '../../errors.ts';
import type { ErrorCode, FieldError } from '../../errors.ts';

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  /** The request id, for support. */
  readonly instance: string;
  readonly errors?: readonly FieldError[];
}

/** Converts an error to the problem document that leaves over HTTP. */
export function toProblem(error: AppError, requestId: string): Problem {
  const { status, title } = ERRORS[error.code];
  return {
    ...error.content.extra,
    type: `urn:holdfast:problem:${error.code}`,
    title,
    status,
    detail: error.content.detail ?? title,
    code: error.code,
    instance: requestId,
    ...(error.content.errors && { errors: error.content.errors }),
  };
}

/** Builds the schema of a problem with one of these codes, for the API document. */
export function problemSchema(codes: readonly ErrorCode[]) {
  const [first] = codes;
  if (first === undefined) throw new Error('Bug: a problem without a code');
  const example = toProblem(new AppError(first), '01980c4e-7f3a-7000-8000-000000000000');
  return z
    .looseObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.enum(codes),
      instance: z.string().describe('The request id.'),
      errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    })
    .meta({ examples: [example] });
}
