import { pino } from 'pino';
import type { Logger, LoggerOptions } from 'pino';
import type { Config } from './config.ts';

/** Names under which something personal or secret might still be logged by mistake: the second net under allow-listed fields. */
const NEVER: ReadonlySet<string> = new Set([
  ...['password', 'authorization', 'token', 'guestToken', 'accessToken', 'refreshToken'],
  ...['email', 'phone', 'firstName', 'lastName'],
]);

/** How what is logged under a name is spelled. */
export const SERIALIZERS = { err: describeError };

/**
 * The JSON log on standard output.
 *
 * Lines are handed over at once but not waited for: a reader that is slower than we are would else be paid for by every
 * request (a third of a booking's time, measured). What is left is written when the process ends.
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

/** Deeper than anything that is logged; what contains itself ends here. */
const MAX_DEPTH = 8;

/**
 * The same without what is never to be logged, however deep it lies.
 *
 * pino's own redaction reaches as deep as its paths say, and two levels of it took seven times as long as the line.
 */
export function withhold(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  let cleaned: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    const clean = NEVER.has(name)
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

/** Errors and the like are spelled by a serializer of their own. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** What of an error is logged: those of the database carry whole rows and queries, so only code and place are kept. */
function describeError(error: unknown): Record<string, unknown> | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, message = '', stack } = error as Partial<Error> & { readonly code?: unknown };
  // Without the message first, because a line of somebody's text may look like a place.
  const places = stack?.replace(message, '').split('\n');
  return {
    ...{ name, code, message: withoutValues(name, message) },
    stack: places
      ?.filter((line) => line.startsWith('    at '))
      .slice(0, 10)
      .join('\n'),
  };
}

/** How the driver names what Postgres says; Prisma's names begin with its own. */
const DRIVERS = 'error';

/** What Postgres or else Prisma said went wrong. Our source goes before it, and the value that was wrong after it. */
function withoutValues(name: string | undefined, message: string): string | undefined {
  const isPrismas = name?.startsWith('Prisma') === true || name === 'DriverAdapterError';
  if (!isPrismas && name !== DRIVERS) return message;
  const said = isPrismas ? (/Code: `\w+`\. Message: .*/s.exec(message)?.[0] ?? message.split('\n').at(-1)) : message;
  return said?.replace(/(Failing row contains|Key \(|: ["«„]).*/s, '');
}
