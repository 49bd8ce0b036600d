import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { daysAhead, stayBody } from '../support/build.ts';
import { send } from '../support/race.ts';
import { spawnServer } from '../support/server.ts';

const run = promisify(execFile);

let dataDir: string;
let database: TestDatabase;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-start-'));
  database = await cloneDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s, also twice, ends with exit 0 and stops the embedded database',
  async (signal) => {
    const server = await spawnServer({ DATA_DIR: dataDir });
    server.process.kill(signal);
    expect(await server.stop(signal)).toBe(0);
    const again = await spawnServer({ DATA_DIR: dataDir });
    expect(await again.stop()).toBe(0);
  },
);

test('a request under way is answered before the server stops', async () => {
  const server = await spawnServer({ DATABASE_URL: database.url });
  const blocker = new pg.Client({ connectionString: database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM inventory_nights WHERE night = $1 FOR UPDATE', [daysAhead(30)]);
  const answer = send(server.url, 'POST', '/v1/public/properties/monsoon-palace/bookings', {
    body: stayBody({ roomType: 'STANDARD' }),
  });
  await waitUntilBlocked();
  const stopped = server.stop();
  await server.waitFor(/SERVER_STOPPING/);
  await blocker.query('COMMIT');
  await blocker.end();
  expect((await answer).status).toBe(201);
  expect(await stopped).toBe(0);
});

/** Resolves once somebody waits for a lock: asked of the database, which knows. */
async function waitUntilBlocked(): Promise<void> {
  for (;;) {
    const rows = await database.sql(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
}

test('a second server on the same data folder says what to do, and disturbs nothing', async () => {
  const first = await spawnServer({ DATA_DIR: dataDir });
  await expect(spawnServer({ DATA_DIR: dataDir })).rejects.toThrow(
    /Another server uses the data folder .* DATABASE_URL=/s,
  );
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  expect(await first.stop()).toBe(0);
});

test('a port that is taken is named, and the database that was started for it is stopped again', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const start = run(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env['PATH'], PORT: String(port), DATA_DIR: dataDir },
  });
  await expect(start).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`Port ${String(port)} .* is taken`)),
  });
  await new Promise((resolve) => other.close(resolve));
  const next = await spawnServer({ DATA_DIR: dataDir });
  expect(await next.stop()).toBe(0);
});

test('production without its secrets does not start, and names every variable that is wrong', async () => {
  const start = run(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', DEMO_DATA: 'true' },
  });
  await expect(start).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/DATABASE_URL.*JWT_SECRET.*ENCRYPTION_KEY.*DEMO_DATA/s),
  });
});

test('the commands work on the embedded database, running or not', async () => {
  const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
  const invariants = async () => (await run(process.execPath, ['src/commands/invariants.ts'], { env })).stdout;
  expect(await invariants()).toContain('Nothing is broken.');
  const server = await spawnServer({ DATA_DIR: dataDir });
  expect(await invariants()).toContain('Nothing is broken.');
  const { stdout } = await run(process.execPath, ['src/commands/expire-holds.ts', '--dry-run'], { env });
  expect(stdout).toContain('0 holds would be released.');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
