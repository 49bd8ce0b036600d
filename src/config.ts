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
  if (new Set(ids).size < ids.length)
    context.addIssue({ code: 'custom', message: 'each key must have a different id' });
  return parts.map((part) => {
    const [id = '', secret = ''] = part.split(':');
    const key = Buffer.from(secret, 'base64');
    if (id === '' || key.length !== 32) {
      context.addIssue({ code: 'custom', message: 'each key must be <id>:<base64 of 32 bytes>' });
    }
    // A KeyObject is imported once; raw bytes are imported on every use, which takes longer than the encryption.
    return { id, key: createSecretKey(key) };
  });
});

/** Every environment variable of the server. A test holds `.env.example` equal to this list. */
export const variables = {
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('production refuses defaults that are safe only in development'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional()
    .describe(
      'Postgres 15 or newer, direct connection, no transaction pooler; when unset, an embedded Postgres runs in DATA_DIR',
    ),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(100).default(10).describe('database connections per process'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('folder of the embedded Postgres and of the local stand-ins for Stripe and Pusher'),
  HOST: z.string().default('127.0.0.1').describe('listen address'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('listen port'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('base URL of this server for guests; prefix of all links'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('lowest level that is logged'),
  JWT_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .default(DEVELOPMENT_JWT_SECRET)
    .describe('secret that signs access tokens; at least 32 characters'),
  ENCRYPTION_KEY: encryptionKeys
    .refine((keys) => keys.length > 0, 'must have at least one key')
    .prefault(DEVELOPMENT_ENCRYPTION_KEY)
    .describe('comma list of <id>:<base64 of 32 bytes>; the first key encrypts, all keys decrypt; put a new key first'),
  STRIPE_SECRET_KEY: z
    .string()
    .optional()
    .describe('sk_…; when unset, a local stand-in for Stripe runs, outside production only'),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe('whsec_…, the signing secret of the webhook endpoint <PUBLIC_URL>/api/v1/webhooks/stripe'),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('base URL instead of https://api.stripe.com; refused in production'),
  PUSHER_APP_ID: z
    .string()
    .optional()
    .describe(
      'app_id of a Pusher Channels app; when unset, the local stand-in is used, or no realtime service beside real Stripe',
    ),
  PUSHER_KEY: z.string().optional().describe('key of the app; public, for browsers'),
  PUSHER_SECRET: z.string().optional().describe('secret of the app; signs publications and subscriptions'),
  PUSHER_CLUSTER: z.string().optional().describe('cluster of the app, for example eu'),
  PUSHER_HOST: z.string().optional().describe('host, host:port or URL of another service with the Pusher protocol'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe(
      'redis:// or rediss://, for rate limits shared by all servers; when unset, each process counts separately',
    ),
  KEEP_ANSWERS: flag
    .prefault('true')
    .describe('true caches public responses for seconds, until a change invalidates them'),
  CORS_ORIGINS: list.prefault('').describe('comma list of origins that may call the API from a browser'),
  TRUST_PROXY: list.prefault('').describe('comma list of proxy networks whose X-Forwarded-For is trusted'),
  DEMO_DATA: flag.optional().describe('true adds demo properties and logins; default true outside production'),
  RATE_LIMIT_SCALE: z.coerce
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('factor for every rate limit; 0 disables rate limits, outside production only'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('base URL of an OpenTelemetry collector (OTLP over HTTP); when unset, no traces'),
  OTEL_SERVICE_NAME: z.string().default('holdfast').describe('service name in traces'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('bearer token for /metrics; when unset, /metrics is open, in production closed'),
  COMPAT_HB_SLUG: propertySlug
    .optional()
    .describe(
      'slug of the property behind the My Hibachi paths; with demo data ember-hibachi, else the paths do not exist',
    ),
  COMPAT_HG_SLUG: propertySlug
    .optional()
    .describe(
      'slug of the property behind the Hello Gorgeous paths; with demo data glow-medspa, else the paths do not exist',
    ),
  RUN_JOBS: flag.prefault('true').describe('true runs the scheduled jobs in this process, such as the expiry of holds'),
} as const;

const schema = z.object(variables);

export interface Config extends Omit<z.output<typeof schema>, 'DEMO_DATA' | 'PUBLIC_URL'> {
  readonly DEMO_DATA: boolean;
  readonly PUBLIC_URL: string;
  readonly isProduction: boolean;
  /** Null without a configured realtime service. */
  readonly pusher: PusherApp | null;
}

interface PusherApp {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  readonly cluster: string;
  readonly host: string | undefined;
}

/** An invalid configuration. The message names every invalid variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads and checks the configuration.
 *
 * `fallbacks` replace unset variables. Production refuses defaults that are safe only on a developer's machine.
 * Throws: ConfigError that names every invalid variable.
 */
export function readConfig(
  environment: Record<string, string | undefined> = process.env,
  fallbacks: Record<string, string> = {},
): Config {
  // Compose files set empty variables; an empty variable counts as unset.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse({ ...fallbacks, ...set });
  const isProduction = set['NODE_ENV'] === 'production';
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
  const productionProblems = isProduction ? findProductionProblems(set) : [];
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base, STRIPE_WEBHOOK_SECRET: webhook } = set;
  // The default webhook secret is public: with the default, any client could forge payments.
  if (key !== undefined && base === undefined && webhook === undefined && !isProduction) {
    problems.push('STRIPE_WEBHOOK_SECRET: must be set together with STRIPE_SECRET_KEY');
  }
  problems.push(...findMissingPusherVariables(set), ...productionProblems);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
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

/** Finds the missing PUSHER_ variables when some are set: a realtime service needs all of them. */
function findMissingPusherVariables(set: Record<string, string | undefined>): string[] {
  const location = set['PUSHER_HOST'] === undefined ? ['PUSHER_CLUSTER'] : [];
  const names = ['PUSHER_APP_ID', 'PUSHER_KEY', 'PUSHER_SECRET', ...location];
  const missing = names.filter((name) => set[name] === undefined);
  return missing.length === names.length
    ? []
    : missing.map((name) => `${name}: must be set together with the other PUSHER_ variables`);
}

function readPusher(data: z.output<typeof schema>): PusherApp | null {
  const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_CLUSTER, PUSHER_HOST: host } = data;
  if (appId === undefined || key === undefined || secret === undefined) return null;
  return { appId, key, secret, cluster: PUSHER_CLUSTER ?? '', host };
}

/** Finds settings that are safe only in development. Checks raw texts, so that an invalid variable hides no other. */
function findProductionProblems(set: Record<string, string | undefined>): string[] {
  const developmentKey = DEVELOPMENT_ENCRYPTION_KEY.split(':')[1] ?? '';
  const { JWT_SECRET: secret = DEVELOPMENT_JWT_SECRET, ENCRYPTION_KEY: keys = DEVELOPMENT_ENCRYPTION_KEY } = set;
  const rules: [boolean, string][] = [
    [set['DATABASE_URL'] === undefined, 'DATABASE_URL: must be set in production'],
    [secret === DEVELOPMENT_JWT_SECRET, 'JWT_SECRET: must be a secret of your own in production'],
    [
      keys.includes(developmentKey) || /(^|,)\s*dev:/.test(keys),
      'ENCRYPTION_KEY: must be a key of your own in production',
    ],
    [!/^(sk|rk)_live_/.test(set['STRIPE_SECRET_KEY'] ?? ''), 'STRIPE_SECRET_KEY: must be a live key in production'],
    [set['STRIPE_WEBHOOK_SECRET'] === undefined, 'STRIPE_WEBHOOK_SECRET: must be set in production'],
    [set['STRIPE_API_BASE'] !== undefined, 'STRIPE_API_BASE: must not be set in production'],
    [set['DEMO_DATA'] === 'true', 'DEMO_DATA: must not be true in production'],
    [Number(set['RATE_LIMIT_SCALE'] ?? 1) === 0, 'RATE_LIMIT_SCALE: must not be 0 in production'],
  ];
  return rules.filter(([isWrong]) => isWrong).map(([, message]) => message);
}
