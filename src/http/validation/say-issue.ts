import { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/** Nouns for the types a schema expects, and for the types of JSON. */
const NOUNS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** Units of what is counted. Numbers have none. */
const UNITS: Record<string, readonly [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

const FORMATS: Record<string, string> = {
  email: 'must be an e-mail address such as aoife@example.com',
  uuid: 'must be a UUID such as 01980c4e-7f3a-7000-8000-000000000000',
  datetime: 'must be a date and time with offset such as 2027-05-14T15:00:00Z',
  date: 'must be a date such as 2027-05-14',
  url: 'must be an address such as https://example.com/back',
};

/**
 * Says what a schema expects of a value, in words for the person who sent the value.
 *
 * zod calls this function for every issue without a message of our own, so that no prose of the library is sent.
 */
export function sayIssue(issue: Issue): string {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return sayType(issue);
    case 'invalid_value':
      return sayChoice(issue.values);
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : `must ${sayLimit('at least', { ...issue, limit: issue.minimum })}`;
    case 'too_big':
      return `must ${sayLimit('at most', { ...issue, limit: issue.maximum })}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has the wrong form';
    case 'not_multiple_of':
      return `must be a multiple of ${String(issue.divisor)}`;
    case 'invalid_union':
      return sayTag(issue);
    case 'custom':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
      return 'is not valid';
  }
}

function sayType({ expected, input, inst }: Extract<Issue, { code: 'invalid_type' }>): string {
  const isWhole = inst instanceof z.core.$ZodNumberFormat;
  const noun = NOUNS[isWhole ? 'int' : expected] ?? 'something else';
  const received = NOUNS[typeOf(input)];
  // A fraction is a number too, and so is what a query's text was read as.
  const isNamed = received !== undefined && typeof input !== 'number';
  return isNamed ? `must be ${noun}, not ${received}` : `must be ${noun}`;
}

function typeOf(input: unknown): string {
  if (input === null) return 'null';
  return Array.isArray(input) ? 'array' : typeof input;
}

interface Limit {
  readonly origin: string;
  readonly limit: number | bigint;
  readonly inclusive?: boolean;
  readonly exact?: boolean;
}

function sayLimit(word: 'at least' | 'at most', { origin, limit, inclusive, exact }: Limit): string {
  const bound = exact === true ? 'exactly' : word;
  const units = UNITS[origin];
  if (units !== undefined) return `have ${bound} ${String(limit)} ${units[Number(limit) === 1 ? 0 : 1]}`;
  if (inclusive === false) return `be ${word === 'at least' ? 'more' : 'less'} than ${String(limit)}`;
  return `be ${bound} ${String(limit)}`;
}

/** Says which tags a union has; a union without a tag is described by its closest branch instead. */
function sayTag({ input, discriminator, options }: Issue): string {
  if (typeof discriminator !== 'string' || !Array.isArray(options)) return 'is not valid';
  const isMissing = typeof input === 'object' && input !== null && !(discriminator in input);
  return isMissing ? 'is required' : sayChoice(options);
}

function sayChoice(values: readonly unknown[]): string {
  const choices = values.map((value) => (value === '' ? 'empty' : String(value)));
  return choices.length === 1 ? `must be ${choices.join('')}` : `must be one of ${choices.join(', ')}`;
}
