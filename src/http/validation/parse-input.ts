import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { FieldError } from '../../errors.ts';
import { describeIssues } from './describe-issues.ts';
import { sayIssue } from './say-issue.ts';

type Parsed<T> =
  { readonly value: T; readonly errors?: undefined } | { readonly errors: FieldError[]; readonly value?: undefined };

/** Parses what a caller sent. Returns: the value, or paths and messages in words for the caller. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): Parsed<z.output<Schema>> {
  const parsed = z.safeParse(schema, input, { error: sayIssue, reportInput: true });
  return parsed.success ? { value: parsed.data } : { errors: describeIssues(parsed.error.issues) };
}

/** Builds the refusal of an input; its detail is the first complaint. */
export function invalidInput(errors: readonly FieldError[]): AppError {
  const [first] = errors;
  const detail = first ? [first.path, first.message].filter(Boolean).join(': ') : 'The request is not valid.';
  return new AppError('validation_failed', { detail, errors });
}
