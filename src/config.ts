import { createSecretKey } from 'node:crypto';
import { z } from 'zod';

const DEVELOPMENT_JWT_SECRET = 'a development secret that production refuses';
const DEVELOPMENT_ENCRYPTION_KEY = 'dev:aG9sZGZhc3QgZGV2ZWxvcG1lbnQga2V5ICEhISEhISE=';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const propertySlug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be the slug of a property');

const encryptionKeys = list.transform((parts, context) => {
  const ids = parts.map((part) => part.split(':')[0]);
  if (new Set(ids).size < ids.length) context.addIssue({ code: 'custom', message: 'each key needs an id of its own' });
  return parts.map((part) => {
    const [id = '', secret = ''] = part.split(':');
    const key = Buffer.from(secret, 'base64');
    if (id === '' || key.length !== 32) {
      context.addIssue({ code: 'custom', message: 'each key must be <id>:<base64 of 32 bytes>' });
    }
    // As bytes it would be imported anew by every use, which takes longer than the use.
    return { id, key: createSecretKey(key) };
  });
});

/** Every variable the server reads. `.env.example` is held equal to this list by a test. */
export const variables = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('production refuses what is safe only while developing'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional()
    .describe('Postgres 15 or newer, a direct connection; without it a Postgres of our own runs in DATA_DIR'),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(100)
    .default(10)
    .describe('connections to Postgres per process'),
  DATA_DIR: z.string().default('.data').describe('where the embedded Postgres keeps its data'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('port to listen on'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('how guests reach this server; links in answers begin with it'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('how much is logged'),
  JWT_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .default(DEVELOPMENT_JWT_SECRET)
    .describe('signs access tokens; at least 32 characters'),
  ENCRYPTION_KEY: encryptionKeys
    .refine((keys) => keys.length > 0, 'at least one key')
    .prefault(DEVELOPMENT_ENCRYPTION_KEY)
    .describe('<id>:<base64 of 32 bytes>, the first encrypts, all of a comma list decrypt; a new key goes first'),
  STRIPE_SECRET_KEY: z
    .string()
    .optional()
    .describe('sk_…; without it a local stand-in for Stripe runs, outside production only'),
  STRIPE_WEBHOOK_SECRET: z.string().optional().describe('whsec_…, of the endpoint <PUBLIC_URL>/api/v1/webhooks/stripe'),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('another host than api.stripe.com; never in production'),
  PUSHER_APP_ID: z
    .string()
    .optional()
    .describe(
      'of a Pusher Channels app; without it a local stand-in runs beside the one for Stripe, or no realtime service',
    ),
  PUSHER_KEY: z.string().optional().describe('of the same app; public, browsers connect with it'),
  PUSHER_SECRET: z.string().optional().describe('of the same app; signs what is published and who may listen'),
  PUSHER_CLUSTER: z.string().optional().describe('of the same app, such as eu'),
  PUSHER_HOST: z.string().optional().describe('host, host:port or address of another service that speaks the same'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('redis:// or rediss://, where servers share their rate limits; without it each process counts by itself'),
  KEEP_ANSWERS: flag
    .prefault('true')
    .describe('whether public answers are kept for seconds, until something changes them'),
  CORS_ORIGINS: list.prefault('').describe('comma list of web origins that may call the API from a browser'),
  TRUST_PROXY: list.prefault('').describe('comma list of networks whose X-Forwarded-For is believed'),
  DEMO_DATA: flag.optional().describe('demo properties and logins; default true outside production'),
  RATE_LIMIT_SCALE: z.coerce
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('multiplies every rate limit; 0 switches them off, outside production only'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('an OpenTelemetry collector that takes OTLP over HTTP; without it there are no traces'),
  OTEL_SERVICE_NAME: z.string().default('holdfast').describe('what traces call this server'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('the bearer token that reads /metrics; without it anybody may, in production nobody'),
  COMPAT_HB_SLUG: propertySlug
    .optional()
    .describe('the property behind the paths of My Hibachi; with demo data ember-hibachi, else they do not exist'),
  COMPAT_HG_SLUG: propertySlug
    .optional()
    .describe('the property behind the paths of Hello Gorgeous; with demo data glow-medspa, else they do not exist'),
  RUN_JOBS: flag.prefault('true').describe('whether this process also expires holds and does the other scheduled work'),
} as const;

const schema = z.object(variables);

export interface Config extends Omit<z.output<typeof schema>, 'DEMO_DATA' | 'PUBLIC_URL'> {
  readonly DEMO_DATA: boolean;
  readonly PUBLIC_URL: string;
  readonly isProduction: boolean;
  /** Null where no realtime service is configured. */
  readonly pusher: PusherApp | null;
}

interface PusherApp {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  readonly cluster: string;
  readonly host: string | undefined;
}

/** A configuration the server refuses to start with; the message names every variable that is wrong. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * The configuration, checked as a whole.
 *
 * `fallbacks` stand in for variables that are not set. In production it refuses defaults that are only safe on a developer's machine.
 * Throws: ConfigError naming every wrong variable at once.
 */
export function readConfig(
  environment: Record<string, string | undefined> = process.env,
  fallbacks: Record<string, string> = {},
): Config {
  // An empty variable, as compose files produce them, is one that was not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse({ ...fallbacks, ...given });
  const isProduction = given['NODE_ENV'] === 'production';
  const mistakes = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const refusals = isProduction ? findProductionRefusals(given) : [];
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base, STRIPE_WEBHOOK_SECRET: webhook } = given;
  // Else anybody who knows the sandbox's secret could tell us of payments.
  if (key !== undefined && base === undefined && webhook === undefined && !isProduction) {
    mistakes.push('STRIPE_WEBHOOK_SECRET: must be set beside STRIPE_SECRET_KEY');
  }
  mistakes.push(...findMissingOfPusher(given));
  if (!parsed.success || mistakes.length > 0 || refusals.length > 0)
    throw new ConfigError([...mistakes, ...refusals].join('\n'));
  const { data } = parsed;
  const hasDemoData = data.DEMO_DATA ?? !isProduction;
  return {
    ...data,
    isProduction,
    pusher: readPusher(data),
    DEMO_DATA: hasDemoData,
    COMPAT_HB_SLUG: data.COMPAT_HB_SLUG ?? (hasDemoData ? 'ember-hibachi' : undefined),
    COMPAT_HG_SLUG: data.COMPAT_HG_SLUG ?? (hasDemoData ? 'glow-medspa' : undefined),
    PUBLIC_URL: (data.PUBLIC_URL ?? `http://${data.HOST}:${String(data.PORT)}`).replace(/\/$/, ''),
  };
}

/** A realtime service is configured whole or not at all. */
function findMissingOfPusher(given: Record<string, string | undefined>): string[] {
  const place = given['PUSHER_HOST'] === undefined ? ['PUSHER_CLUSTER'] : [];
  const names = ['PUSHER_APP_ID', 'PUSHER_KEY', 'PUSHER_SECRET', ...place];
  const missing = names.filter((name) => given[name] === undefined);
  return missing.length === names.length
    ? []
    : missing.map((name) => `${name}: must be set beside the other PUSHER_ ones`);
}

function readPusher(data: z.output<typeof schema>): PusherApp | null {
  const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_CLUSTER, PUSHER_HOST: host } = data;
  if (appId === undefined || key === undefined || secret === undefined) return null;
  return { appId, key, secret, cluster: PUSHER_CLUSTER ?? '', host };
}

/** What is only safe on a developer's machine. Looks at the text, so that one unreadable variable hides no other. */
function findProductionRefusals(given: Record<string, string | undefined>): string[] {
  const developmentKey = DEVELOPMENT_ENCRYPTION_KEY.split(':')[1] ?? '';
  const { JWT_SECRET: secret = DEVELOPMENT_JWT_SECRET, ENCRYPTION_KEY: keys = DEVELOPMENT_ENCRYPTION_KEY } = given;
  const rules: [boolean, string][] = [
    [given['DATABASE_URL'] === undefined, 'DATABASE_URL: must be set in production'],
    [secret === DEVELOPMENT_JWT_SECRET, 'JWT_SECRET: must be a secret of your own in production'],
    [
      keys.includes(developmentKey) || /(^|,)\s*dev:/.test(keys),
      'ENCRYPTION_KEY: must be a key of your own in production',
    ],
    [!/^(sk|rk)_live_/.test(given['STRIPE_SECRET_KEY'] ?? ''), 'STRIPE_SECRET_KEY: must be a live key in production'],
    [given['STRIPE_WEBHOOK_SECRET'] === undefined, 'STRIPE_WEBHOOK_SECRET: must be set in production'],
    [given['STRIPE_API_BASE'] !== undefined, 'STRIPE_API_BASE: must not be set in production'],
    [given['DEMO_DATA'] === 'true', 'DEMO_DATA: must not be true in production'],
    [Number(given['RATE_LIMIT_SCALE'] ?? 1) === 0, 'RATE_LIMIT_SCALE: must not be 0 in production'],
  ];
  return rules.filter(([isWrong]) => isWrong).map(([, message]) => message);
}
