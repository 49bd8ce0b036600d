import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { send } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import { NODE_ENVIRONMENT } from '../../support/server/node-environment.ts';
import { beginServer, findPostmaster, until } from '../../support/server/starting-server.ts';
import type { StartingServer } from '../../support/server/starting-server.ts';

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
    await server.waitFor(/SERVER_STOPPING/);
    expect(await server.stop(signal)).toBe(0);
    expect(await findPostmaster(dataDir)).toBeNull();
    const again = await spawnServer({ DATA_DIR: dataDir });
    expect(await again.stop()).toBe(0);
  },
);

/** Where a first start may be when the signal comes. */
const MOMENTS: Record<string, (folder: string, server: StartingServer) => Promise<boolean>> = {
  'the cluster is being made': async (folder) =>
    (await readdir(folder)).some((name) => name.startsWith('postgres.new')),
  'Postgres comes up': async (folder) => (await findPostmaster(folder)) !== null,
  'the tables are there': async (folder, server) => {
    await readdir(folder);
    return server.output().includes('migrated');
  },
};

test.each(Object.keys(MOMENTS).flatMap((moment) => (['SIGTERM', 'SIGINT'] as const).map((signal) => [signal, moment])))(
  '%s during a first start, when %s, ends with exit 0 and leaves no Postgres and no draft behind',
  async (signal, moment) => {
    const folder = await mkdtemp(path.join(dataDir, 'first-'));
    const server = beginServer({ DATA_DIR: folder });
    await until(async () => server.hasEnded() || (await MOMENTS[moment]?.(folder, server)) === true);
    server.signal(signal as 'SIGTERM' | 'SIGINT');
    expect(await server.exitCode, server.output()).toBe(0);
    expect(server.output()).not.toContain('SERVER_READY');
    expect(await findPostmaster(folder)).toBeNull();
    expect(['postgres', 'postgres-password', 'stripe-journal.jsonl']).toEqual(
      expect.arrayContaining(await readdir(folder)),
    );
  },
);

test('a Postgres that is gone already is stopped: the server still ends with exit 0', async () => {
  const server = await spawnServer({ DATA_DIR: dataDir });
  process.kill((await findPostmaster(dataDir)) ?? NaN, 'SIGINT');
  await until(async () => (await findPostmaster(dataDir)) === null);
  expect(await server.stop()).toBe(0);
});

// The next ones wait most of their time for a Postgres that does not let them in, each in a folder of its own: side by side.

test.concurrent(
  'of servers that start together on one data folder, new or not, exactly one wins, and the others say why',
  async () => {
    const folder = await mkdtemp(path.join(dataDir, 'together-'));
    for (const round of ['new', 'not running', 'not running']) {
      const starts = await Promise.allSettled([1, 2, 3].map(() => spawnServer({ DATA_DIR: folder })));
      const winners = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
      const reasons = starts.filter((start) => start.status === 'rejected').map((start) => String(start.reason));
      expect(reasons, round).toEqual(Array(2).fill(expect.stringContaining('Another server uses the data folder')));
      expect((await fetch(`${winners[0]?.url ?? ''}/readyz`)).status).toBe(200);
      expect(await winners[0]?.stop()).toBe(0);
      expect(await findPostmaster(folder)).toBeNull();
      expect((await readdir(folder)).sort()).toEqual(['postgres', 'postgres-password', 'stripe-journal.jsonl']);
    }
  },
);

/** A Postgres without a server, which shuts down but cannot finish while a session is open: it turns all others away. */
async function leaveShuttingDown(folder: string): Promise<{ session: pg.Client; turnedAway: () => Promise<boolean> }> {
  const server = await spawnServer({ DATA_DIR: folder });
  const password = await readFile(path.join(folder, 'postgres-password'), 'utf8');
  const lines = (await readFile(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  const session = new pg.Client({
    connectionString: `postgresql://holdfast:${password}@127.0.0.1:${String(lines[3])}/holdfast`,
  });
  await session.connect();
  await server.kill();
  process.kill(Number(lines[0]), 'SIGTERM');
  const log = () => readFile(path.join(folder, 'postgres', 'server.log'), 'utf8');
  await until(async () => (await log()).includes('received smart shutdown request'));
  return { session, turnedAway: async () => (await log()).includes('FATAL:  the database system is shutting down') };
}

test.concurrent('a Postgres that is still shutting down is waited for, and started again', async () => {
  const folder = await mkdtemp(path.join(dataDir, 'going-'));
  const { session, turnedAway } = await leaveShuttingDown(folder);
  const next = spawnServer({ DATA_DIR: folder });
  await Promise.race([until(turnedAway), next]);
  await session.end();
  expect(await (await next).stop()).toBe(0);
});

test.concurrent(
  'a Postgres that never lets us in is named, and its lock file is not to be removed lightly',
  async () => {
    const folder = await mkdtemp(path.join(dataDir, 'silent-'));
    const { session } = await leaveShuttingDown(folder);
    const pid = String(await findPostmaster(folder));
    await expect(spawnServer({ DATA_DIR: folder })).rejects.toThrow(
      new RegExp(
        `shutting down.*kill -INT ${pid}.*Only when ps -p ${pid} shows no Postgres, remove .*postmaster.pid`,
        's',
      ),
    );
    await session.end();
    await until(async () => (await findPostmaster(folder)) === null);
  },
);

test.concurrent('npm start reads .env, and a variable of the environment wins over it', async () => {
  const folder = await mkdtemp(path.join(dataDir, 'env-'));
  const root = path.resolve(import.meta.dirname, '../../..');
  for (const name of ['src', 'package.json']) await symlink(path.join(root, name), path.join(folder, name));
  const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const [name, script] of Object.entries<string>(scripts)) {
    if (!/node .*(src|demo)\b/.test(script)) continue;
    expect(script, name).toContain('$(test -f .env && echo --env-file=.env)');
  }
  const bin = path.dirname(process.execPath);
  const start = () =>
    run('sh', ['-c', scripts.start], { cwd: folder, env: { PATH: `${bin}:/usr/bin:/bin`, LOG_LEVEL: 'loud' } }).catch(
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  expect(await start()).toMatch(/^Holdfast could not start.\nLOG_LEVEL: .*\n$/);
  await writeFile(path.join(folder, '.env'), 'PORT=none\nLOG_LEVEL=info\n');
  expect(await start()).toMatch(/^Holdfast could not start.\nPORT: .*\nLOG_LEVEL: .*\n$/);
});

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
    env: { ...NODE_ENVIRONMENT, PORT: String(port), DATA_DIR: dataDir },
  });
  await expect(start).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`Port ${String(port)} .* is in use`)),
  });
  await new Promise((resolve) => other.close(resolve));
  const next = await spawnServer({ DATA_DIR: dataDir });
  expect(await next.stop()).toBe(0);
});

test('production without its secrets does not start, and names every variable that is wrong', async () => {
  const start = run(process.execPath, ['src/main.ts'], {
    env: { ...NODE_ENVIRONMENT, NODE_ENV: 'production', DEMO_DATA: 'true' },
  });
  await expect(start).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/DATABASE_URL.*JWT_SECRET.*ENCRYPTION_KEY.*DEMO_DATA/s),
  });
});

test('the commands work on the embedded database, running or not', async () => {
  const env = { ...NODE_ENVIRONMENT, DATA_DIR: dataDir };
  const invariants = async () => (await run(process.execPath, ['src/commands/invariants.ts'], { env })).stdout;
  expect(await invariants()).toContain('Nothing is broken.');
  const server = await spawnServer({ DATA_DIR: dataDir });
  expect(await invariants()).toContain('Nothing is broken.');
  const { stdout } = await run(process.execPath, ['src/commands/expire-holds.ts', '--dry-run'], { env });
  expect(stdout).toContain('0 holds would be released.');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});
