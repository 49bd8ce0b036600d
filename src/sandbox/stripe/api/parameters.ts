import { z } from 'zod';
import type { FormTree } from '../http/form.ts';
import { invalidParameter } from '../http/stripe-failure.ts';
import type { StripeFailure } from '../http/stripe-failure.ts';

// Schemas of request parameters. Every value arrives as text; unknown parameters are refused.

export const text = (maxLength = 5_000) => z.string().min(1).max(maxLength);

export const integer = (min = 0, max = Number.MAX_SAFE_INTEGER) =>
  z.string().transform((value, context) => {
    const number = Number(value);
    const problem = !/^-?\d+$/.test(value)
      ? `Invalid integer: ${value}`
      : number < min
        ? `This value must be greater than or equal to ${String(min)}.`
        : number > max
          ? `This value must be less than or equal to ${String(max)}.`
          : undefined;
    if (problem === undefined) return number;
    context.addIssue({ code: 'custom', message: problem, params: { code: 'parameter_invalid_integer' } });
    return z.NEVER;
  });

export const boolean = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A URL for a browser redirect. */
export const url = text().refine((value) => /^https?:\/\/[^/]/i.test(value), {
  message: 'Not a valid URL',
  params: { code: 'url_invalid' },
});

export const currency = z
  .string()
  .regex(/^[a-z]{3}$/i)
  .transform((value) => value.toLowerCase());

const metadataRecord = z
  .record(z.string().max(40), z.string().max(500))
  .refine((record) => Object.keys(record).length <= 50, { message: 'Metadata can have up to 50 keys.' });

/** Metadata of a new object: empty values are dropped. */
export const newMetadata = metadataRecord.transform((record) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== '')),
);

/** Metadata of an existing object: '' removes all keys. */
export const metadata = z.union([z.literal('').transform(() => null), metadataRecord]);

export const expand = z.exactOptional(z.array(text()).max(20));

export const created = z.exactOptional(
  z.union([
    integer(),
    z.strictObject({
      gt: z.exactOptional(integer()),
      gte: z.exactOptional(integer()),
      lt: z.exactOptional(integer()),
      lte: z.exactOptional(integer()),
    }),
  ]),
);

export const paging = {
  limit: z.exactOptional(integer(1, 100)),
  starting_after: z.exactOptional(text()),
  ending_before: z.exactOptional(text()),
  expand,
};

/** Parses parameters by a schema. Throws: StripeFailure 400 for the first problem only, like Stripe. */
export function readParameters<S extends z.ZodType>(schema: S, form: FormTree): z.output<S> {
  const result = schema.safeParse(form, { reportInput: true });
  if (result.success) return result.data;
  const issues = result.error.issues;
  // Stripe reports unknown parameters first.
  throw toParameterFailure(issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]);
}

function toParameterFailure(issue: z.core.$ZodIssue | undefined): StripeFailure {
  if (issue === undefined) throw new Error('Bug: a failed schema without an issue');
  if (issue.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0] ?? '']);
    return invalidParameter(
      `Received unknown parameter: ${param} (or a parameter that this sandbox does not support)`,
      'parameter_unknown',
      param,
    );
  }
  const param = nameOf(issue.path);
  if (issue.input === undefined && issue.code !== 'custom') {
    return invalidParameter(`Missing required param: ${param}.`, 'parameter_missing', param);
  }
  if (issue.input === '') {
    return invalidParameter(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
      'parameter_invalid_empty',
      param,
    );
  }
  if (issue.code === 'custom') {
    const code = issue.params?.['code'] as string | undefined;
    return invalidParameter(issue.message, code, param);
  }
  if (issue.code === 'invalid_value') {
    return invalidParameter(
      `Invalid ${param}: must be one of ${issue.values.map(String).join(', ')}`,
      undefined,
      param,
    );
  }
  return invalidParameter(`Invalid ${param}: ${issue.message}`, undefined, param);
}

function nameOf(path: readonly PropertyKey[]): string {
  const [first = '', ...rest] = path.map(String);
  return first + rest.map((key) => `[${key}]`).join('');
}
