import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Config } from './config.ts';

/** Names under which something personal or secret might still be logged by mistake: the second net under allow-listed fields. */
const NEVER = [
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
];

/** The JSON log on standard output. */
export function makeLog(config: Pick<Config, 'LOG_LEVEL'>): Logger {
  return pino({
    level: config.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: [...NEVER, ...NEVER.map((name) => `*.${name}`)], censor: '[removed]' },
  });
}
