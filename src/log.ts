import { pino } from 'pino';
import type { Logger, LoggerOptions } from 'pino';
import type { Config } from './config.ts';

/** Field names of secrets and personal data: a second safeguard beside the allow-listed log fields. */
const REDACTED_FIELDS: ReadonlySet<string> = new Set([
  'password',
  'authorization',
  'token',
  'guestToken',
  'accessToken',
  'refreshToken',
  'email',
  'phone',
  'firstName',
  'lastName',
]);

/** Serializers by field name. */
export const SERIALIZERS = { err: describeError };

/**
 * Makes the JSON log on standard output.
 *
 * Writes are asynchronous: with synchronous writes a slow reader took a third of a booking's time (measured). The
 * rest is written when the process ends.
 */
export function makeLog(config: Pick<Config, 'LOG_LEVEL'>): Logger {
  const options: LoggerOptions = {
    level: config.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: (fields) => withhold(fields) },
    serializers: SERIALIZERS,
  };
  return pino(options, pino.destination({ dest: 1, sync: false }));
}

/** Above the depth of every logged object; stops at circular references. */
const MAX_DEPTH = 8;

/**
 * Replaces secrets and personal data at every depth.
 *
 * pino's redaction needs a path per level, and two levels took seven times as long as the log line (measured).
 */
export function withhold(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  let cleaned: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const clean = REDACTED_FIELDS.has(name)
      ? '[removed]'
      : isPlainObject(value) && depth < MAX_DEPTH
        ? withhold(value, depth + 1)
        : value;
    if (clean === value) continue;
    cleaned ??= { ...fields };
    cleaned[name] = clean;
  }
  return cleaned ?? fields;
}

/** Checks for a plain object; other objects, such as errors, have serializers. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Serializes an error without values: database errors contain whole rows and queries. */
function describeError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, message = '', stack } = error as Partial<Error> & { readonly code?: unknown };
  // The message is removed first: a line of the message may look like a stack frame.
  const frames = stack?.replace(message, '').split('\n');
  return {
    name,
    code,
    message: withoutValues(name, message),
    stack: frames
      ?.filter((line) => line.startsWith('    at '))
      .slice(0, 10)
      .join('\n'),
  };
}

/** Name of the Postgres driver's errors. */
const DRIVER_ERROR_NAME = 'error';

/** Returns the message of Postgres or Prisma without the query before and the values after the message. */
function withoutValues(name: string | undefined, message: string): string | undefined {
  const isFromPrisma = name?.startsWith('Prisma') === true || name === 'DriverAdapterError';
  if (!isFromPrisma && name !== DRIVER_ERROR_NAME) return message;
  const text = isFromPrisma ? (/Code: `\w+`\. Message: .*/s.exec(message)?.[0] ?? message.split('\n').at(-1)) : message;
  return text?.replace(/(Failing row contains|Key \(|: ["«„]).*/s, '');
}
