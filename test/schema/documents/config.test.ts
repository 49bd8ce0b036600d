import { expect, test } from 'vitest';
import { ConfigError, readConfig, variables } from '../../../src/config.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const OTHER_KEY = 'Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=';
/** All that production asks for. */
const SAFE = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://holdfast:secret@database/holdfast',
  JWT_SECRET: 'a secret of our own, long enough for anybody',
  ENCRYPTION_KEY: `one:${KEY}`,
  STRIPE_SECRET_KEY: 'sk_live_our_own',
  STRIPE_WEBHOOK_SECRET: 'whsec_our_own',
};

/** The variables that a refusal names, each once and in the order it names them; none when nothing is refused. */
function refusedIn(environment: Record<string, string | undefined>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...new Set(error.message.split('\n').map((line) => line.split(/[:.]/)[0] ?? ''))];
  }
}

test('a developer needs no variable at all', () => {
  expect(readConfig({})).toMatchObject({
    NODE_ENV: 'development',
    isProduction: false,
    HOST: '127.0.0.1',
    PORT: 3000,
    DATA_DIR: '.data',
    DATABASE_POOL_SIZE: 10,
    LOG_LEVEL: 'info',
    RATE_LIMIT_SCALE: 1,
    DEMO_DATA: true,
    RUN_JOBS: true,
    PUBLIC_URL: 'http://127.0.0.1:3000',
    CORS_ORIGINS: [],
    TRUST_PROXY: [],
  });
  expect(readConfig({}).DATABASE_URL).toBeUndefined();
});

test('production starts with secrets of its own, and without demo data', () => {
  expect(readConfig(SAFE)).toMatchObject({ isProduction: true, DEMO_DATA: false });
});

test.each([
  ['DATABASE_URL', undefined],
  ['JWT_SECRET', undefined],
  ['JWT_SECRET', 'a development secret that production refuses'],
  ['JWT_SECRET', 'short'],
  ['ENCRYPTION_KEY', undefined],
  ['ENCRYPTION_KEY', `dev:${KEY}`],
  ['ENCRYPTION_KEY', `one:${KEY},dev:aG9sZGZhc3QgZGV2ZWxvcG1lbnQga2V5ICEhISEhISE=`],
  // The key that everybody can read in the source, under another name.
  ['ENCRYPTION_KEY', 'one:aG9sZGZhc3QgZGV2ZWxvcG1lbnQga2V5ICEhISEhISE='],
  ['ENCRYPTION_KEY', 'one:dG9vIHNob3J0'],
  ['STRIPE_SECRET_KEY', undefined],
  ['STRIPE_SECRET_KEY', 'sk_test_somebody'],
  ['STRIPE_WEBHOOK_SECRET', undefined],
  ['STRIPE_API_BASE', 'http://127.0.0.1:4000'],
  ['DEMO_DATA', 'true'],
  ['RATE_LIMIT_SCALE', '0'],
])('production refuses %s as %s', (name, value) => {
  expect(refusedIn({ ...SAFE, [name]: value })).toEqual([name]);
});

test('production names every variable that is unsafe at once', () => {
  expect(refusedIn({ NODE_ENV: 'production', DEMO_DATA: 'true', RATE_LIMIT_SCALE: '0' })).toEqual([
    ...[
      'DATABASE_URL',
      'JWT_SECRET',
      'ENCRYPTION_KEY',
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRET',
      'DEMO_DATA',
      'RATE_LIMIT_SCALE',
    ],
  ]);
});

test('variables that can’t be read are named at once', () => {
  const wrong = { PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://elsewhere', RUN_JOBS: 'yes' };
  expect(refusedIn(wrong).sort()).toEqual(Object.keys(wrong).sort());
});

test('production names what is unsafe together with what can’t be read', () => {
  const wrong = { PORT: 'eighty', DEMO_DATA: 'true', RATE_LIMIT_SCALE: '0' };
  expect(refusedIn({ ...SAFE, ...wrong }).sort()).toEqual(Object.keys(wrong).sort());
});

test('a refusal never shows the value of a secret', () => {
  const secrets = {
    JWT_SECRET: 'hunter2',
    ENCRYPTION_KEY: 'one:hunter2',
    DATABASE_URL: 'mysql://me:hunter2@there',
    METRICS_TOKEN: 'hunter2',
  };
  for (const environment of [secrets, { ...SAFE, JWT_SECRET: 'hunter2' }]) {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).not.toThrow(/hunter2/);
  }
});

test.each(Object.keys(variables))('an empty %s counts as unset', (name) => {
  expect(readConfig({ [name]: '' })).toEqual(readConfig({}));
});

test('an empty variable is as unsafe in production as an unset one', () => {
  expect(refusedIn({ ...SAFE, JWT_SECRET: '', DATABASE_URL: '' })).toEqual(['DATABASE_URL', 'JWT_SECRET']);
});

test('variables of others are none of our business', () => {
  expect(readConfig({ PATH: '/usr/bin', npm_config_loglevel: 'error' })).toEqual(readConfig({}));
});

test.each([
  [{ PORT: '65536' }, 'PORT'],
  [{ PORT: '-1' }, 'PORT'],
  [{ PORT: '80.5' }, 'PORT'],
  [{ DATABASE_POOL_SIZE: '1' }, 'DATABASE_POOL_SIZE'],
  [{ RATE_LIMIT_SCALE: '-1' }, 'RATE_LIMIT_SCALE'],
  [{ PUBLIC_URL: 'example.com' }, 'PUBLIC_URL'],
  [{ ENCRYPTION_KEY: KEY }, 'ENCRYPTION_KEY'],
  [{ ENCRYPTION_KEY: `:${KEY}` }, 'ENCRYPTION_KEY'],
  [{ ENCRYPTION_KEY: ',' }, 'ENCRYPTION_KEY'],
  [{ DEMO_DATA: '1' }, 'DEMO_DATA'],
  [{ METRICS_TOKEN: 'too short' }, 'METRICS_TOKEN'],
  [{ COMPAT_HB_SLUG: 'Ember Hibachi' }, 'COMPAT_HB_SLUG'],
  [{ COMPAT_HG_SLUG: '../spa' }, 'COMPAT_HG_SLUG'],
])('%o is refused by its name', (environment, name) => {
  expect(refusedIn(environment)).toEqual([name]);
});

test('of several encryption keys the first stays the first', () => {
  const { ENCRYPTION_KEY: keys } = readConfig({ ENCRYPTION_KEY: `new:${KEY}, old:${OTHER_KEY}` });
  expect(keys.map(({ id }) => id)).toEqual(['new', 'old']);
  expect(keys.map(({ key }) => key.export().toString('base64'))).toEqual([KEY, OTHER_KEY]);
});

test('lists are read without their spaces and empty parts', () => {
  const config = readConfig({ CORS_ORIGINS: ' https://a.example , https://b.example,', TRUST_PROXY: '10.0.0.0/8' });
  expect(config.CORS_ORIGINS).toEqual(['https://a.example', 'https://b.example']);
  expect(config.TRUST_PROXY).toEqual(['10.0.0.0/8']);
});

test('the public address ends without a slash, and follows host and port where it is not given', () => {
  expect(readConfig({ PUBLIC_URL: 'https://book.example/' }).PUBLIC_URL).toBe('https://book.example');
  expect(readConfig({ HOST: '0.0.0.0', PORT: '8080' }).PUBLIC_URL).toBe('http://0.0.0.0:8080');
});

test('demo data can be had or not had outside production', () => {
  expect(readConfig({ DEMO_DATA: 'false' }).DEMO_DATA).toBe(false);
  expect(readConfig({ NODE_ENV: 'test' }).DEMO_DATA).toBe(true);
});

test('paths without a slug mean the demo properties, those that are named, or none', () => {
  const demo = { COMPAT_HB_SLUG: 'ember-hibachi', COMPAT_HG_SLUG: 'glow-medspa' };
  const named = { COMPAT_HB_SLUG: 'grill', COMPAT_HG_SLUG: 'spa' };
  expect(readConfig({})).toMatchObject(demo);
  expect(readConfig(named)).toMatchObject(named);
  expect(readConfig({ ...SAFE, ...named })).toMatchObject(named);
  for (const without of [readConfig(SAFE), readConfig({ DEMO_DATA: 'false' })]) {
    expect([without.COMPAT_HB_SLUG, without.COMPAT_HG_SLUG]).toEqual([undefined, undefined]);
  }
});
