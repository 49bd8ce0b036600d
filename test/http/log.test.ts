import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { symbols } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directQuery } from '../../src/db/connection/direct-query.ts';
import { makeLog, SERIALIZERS, withhold } from '../../src/log.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

/** What is logged of how a statement fails. */
async function logFailure(run: () => Promise<unknown>): Promise<Record<string, unknown>> {
  t.logged.length = 0;
  try {
    await run();
  } catch (error) {
    t.ctx.log.error({ err: error }, 'failed');
  }
  return t.logged[0]?.['err'] as Record<string, unknown>;
}

test('errors are spelled in production as the tests of what is logged see them', () => {
  const log = makeLog({ LOG_LEVEL: 'info' }) as unknown as Record<symbol, { err: unknown }>;
  expect(log[symbols.serializersSym]?.err).toBe(SERIALIZERS.err);
});

test.each([
  ['by Prisma', () => t.ctx.db],
  ['by the driver', () => directQuery(t.ctx.db)],
])('a value the database does not take is not logged, however many lines it has: %s', async (_way, db) => {
  const value = 'Canary\n    at Canary\nCode: `1`. Message: Canary';
  const err = await logFailure(() => db().$queryRaw`SELECT ${value}::uuid`);
  expect(err).toMatchObject({ message: expect.stringContaining('invalid input syntax for type uuid') });
  expect(JSON.stringify(err)).not.toContain('Canary');
});

test('a query that is not well formed is named without what it asked for', async () => {
  const data = {
    email: 'canary@example.com',
    firstName: 1 as unknown as string,
    lastName: 'Canary',
    passwordHash: 'x',
  };
  const err = await logFailure(() => t.ctx.db.user.create({ data }));
  expect(err).toMatchObject({ name: 'PrismaClientValidationError', message: expect.stringContaining('`firstName`') });
  expect(JSON.stringify(err)).not.toMatch(/canary@|Canary/);
});

test('an error of ours keeps its message and its place, not its causes', async () => {
  const err = await logFailure(() => Promise.reject(new Error('Bug: ours', { cause: new Error('Canary') })));
  expect(err).toEqual({ name: 'Error', message: 'Bug: ours', stack: expect.stringContaining('log.test.ts') });
});

test('what was put together by hand keeps its message', () => {
  t.logged.length = 0;
  t.ctx.log.warn({ err: { message: 'connection lost', detail: 'Canary' } }, 'lost');
  expect(t.logged[0]?.['err']).toEqual({ message: 'connection lost' });
});

test('what is never to be logged is removed, however deep it lies, and nothing else is touched', () => {
  const error = Object.assign(new Error('whole'), { email: 'for its serializer' });
  const fields = {
    event: 'booking/create',
    email: 'a@example.com',
    nothing: null,
    error,
    booking: { code: 'BK-1', guest: { firstName: 'Aoife', age: 30 } },
  };
  const before = structuredClone({ ...fields, error: undefined });
  expect(withhold(fields)).toEqual({
    event: 'booking/create',
    email: '[removed]',
    nothing: null,
    error,
    booking: { code: 'BK-1', guest: { firstName: '[removed]', age: 30 } },
  });
  expect({ ...fields, error: undefined }).toEqual(before);
});

test('what contains itself can be logged', () => {
  const loop: Record<string, unknown> = { event: 'x' };
  loop['self'] = loop;
  expect(withhold(loop)).toBe(loop);
});

test('the log of the server withholds what is never to be logged', async () => {
  const script = `
    import { makeLog } from './src/log.ts';
    const log = makeLog({ LOG_LEVEL: 'info' });
    log.child({ requestId: 'r' }).info({ event: 'x', guest: { email: 'canary@example.com' } }, 'line');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(JSON.parse(stdout)).toMatchObject({ requestId: 'r', event: 'x', guest: { email: '[removed]' }, msg: 'line' });
});
