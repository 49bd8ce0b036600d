import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { NODE_ENVIRONMENT } from '../support/server/node-environment.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

function checkAll(): Promise<{ readonly code: number; readonly output: string }> {
  const env = { ...NODE_ENVIRONMENT, DATA_DIR: tmpdir(), DATABASE_URL: database.url };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/commands/invariants.ts'], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test('the self-check may take minutes where a request may not', async () => {
  // Whoever asks for the time in a session of requests, as some checks do, is too slow.
  await database.sql(`
    CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      IF current_setting('statement_timeout')::interval < '5 minutes' THEN RAISE 'too slow' USING ERRCODE = '57014'; END IF;
      RETURN clock_timestamp();
    END $$`);
  const { code, output } = await checkAll();
  expect(output).toContain('Nothing is broken.');
  expect(code).toBe(0);
});
