import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { spawnSandbox } from '../../src/sandbox/spawn.ts';
import type { Sandbox } from '../../src/sandbox/spawn.ts';
import { connectPusher, openPusherSandbox } from '../support/sandbox/pusher-sandbox.ts';
import { connectSandbox, makeDataDir, openSandbox, sessionParams } from '../support/sandbox/stripe-sandbox.ts';

const run = promisify(execFile);

let dataDir: string;
let sandboxes: Sandbox[];
let complaints: string[];

beforeEach(async () => {
  dataDir = await makeDataDir();
  sandboxes = [];
  complaints = [];
  vi.spyOn(console, 'error').mockImplementation((complaint: unknown) => void complaints.push(String(complaint)));
});
afterEach(async () => {
  for (const sandbox of sandboxes) await sandbox.stop();
  vi.restoreAllMocks();
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<Sandbox> {
  const sandbox = await spawnSandbox({ dataDir });
  sandboxes.push(sandbox);
  return sandbox;
}

/** The processes that work on the test's folder. */
async function listProcesses(): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  const own = stdout.split('\n').filter((line) => line.includes(`--data-dir ${dataDir} `));
  return own.map((line) => Number.parseInt(line, 10));
}

async function kill(): Promise<void> {
  for (const id of await listProcesses()) process.kill(id, 'SIGKILL');
}

async function publish({ pusher }: Sandbox, name: string): Promise<object[]> {
  await connectPusher(pusher).trigger('c', name, {});
  const answer = await fetch(`${pusher.url}/_sandbox/published`);
  return (await answer.json()) as object[];
}

const journal = () => path.join(dataDir, 'stripe-journal.jsonl');
const addressFile = () => path.join(dataDir, 'sandbox.json');

/** Puts something in the journal's place that no sandbox can open; answers what puts the journal back. */
async function breakJournal(): Promise<() => Promise<void>> {
  await rename(journal(), `${journal()}.kept`);
  await mkdir(journal());
  return async () => {
    await rmdir(journal());
    await rename(`${journal()}.kept`, journal());
  };
}

it('both sandboxes run in one process, and stopping ends both', async () => {
  const sandbox = await open();
  expect(await listProcesses()).toHaveLength(1);
  await connectSandbox(sandbox.url).stripe.checkout.sessions.create(sessionParams());
  expect(await publish(sandbox, 'n')).toMatchObject([{ channel: 'c', name: 'n' }]);
  await sandbox.stop();
  expect(await listProcesses()).toEqual([]);
  await expect(access(addressFile())).rejects.toThrow('ENOENT');
  await expect(fetch(sandbox.pusher.url)).rejects.toThrow();
});

it("a second server finds the first one's, and ends nothing when it stops", async () => {
  const first = await open();
  const second = await open();
  expect(second).toMatchObject({ url: first.url, pusher: first.pusher });
  expect(await listProcesses()).toHaveLength(1);
  await second.stop();
  expect(await publish(first, 'n')).toHaveLength(1);
  expect((await open()).url).toBe(first.url);
});

it.each([
  ['left by an older version', 'http://127.0.0.1:1'],
  ['half-written', '{"url":"http://127.0.0.1:1","pusherU'],
  ['empty', ''],
  ['without the second address', '{"url":"http://127.0.0.1:1"}'],
  ['of a sandbox that is gone', '{"url":"http://127.0.0.1:1","pusherUrl":"http://127.0.0.1:1"}'],
])('an address file that is %s means that none is running', async (_, content) => {
  await writeFile(addressFile(), content);
  const sandbox = await open();
  expect(await listProcesses()).toHaveLength(1);
  const { url, pusher } = sandbox;
  expect(JSON.parse(await readFile(addressFile(), 'utf8'))).toEqual({ url, pusherUrl: pusher.url });
  expect(await publish(sandbox, 'n')).toHaveLength(1);
});

it('a sandbox of which only one half answers is not taken for one that runs', async () => {
  await using stripe = await openSandbox();
  await using pusher = await openPusherSandbox();
  for (const addresses of [
    { url: stripe.url, pusherUrl: 'http://127.0.0.1:1' },
    { url: 'http://127.0.0.1:1', pusherUrl: pusher.url },
  ]) {
    await writeFile(addressFile(), JSON.stringify(addresses));
    const sandbox = await open();
    expect([stripe.url, pusher.url]).not.toContain(sandbox.url);
    await sandbox.stop();
  }
});

it('a killed sandbox comes back at once at both addresses, and where it was', async () => {
  const sandbox = await open();
  const { stripe } = connectSandbox(sandbox.url);
  const session = await stripe.checkout.sessions.create(sessionParams());
  const [before] = await listProcesses();
  await kill();
  await vi.waitFor(async () => {
    expect(await publish(sandbox, 'n')).toHaveLength(1);
  }, 15_000);
  expect(await listProcesses()).not.toContain(before);
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ id: session.id });
  expect(complaints).toEqual([]);
  expect((await open()).url).toBe(sandbox.url);
});

it('a restart that fails is tried again until it succeeds; each failure is told once and leaves no process', async () => {
  const sandbox = await open();
  const { stripe } = connectSandbox(sandbox.url);
  const session = await stripe.checkout.sessions.create(sessionParams());
  const mend = await breakJournal();
  await kill();
  await vi.waitFor(() => {
    expect(complaints).toHaveLength(2);
  }, 20_000);
  expect(await listProcesses()).toEqual([]);
  expect(complaints).toEqual([
    expect.stringMatching(/could not be restarted: .*exit code 1.* in 1 s\.$/),
    expect.stringMatching(/could not be restarted: .*exit code 1.* in 2 s\.$/),
  ]);
  await mend();
  await vi.waitFor(async () => {
    expect(await publish(sandbox, 'n')).toHaveLength(1);
  }, 20_000);
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ id: session.id });
  expect(await listProcesses()).toHaveLength(1);
});

it('stopping ends the wait for the next try', async () => {
  const sandbox = await open();
  await breakJournal();
  await kill();
  await vi.waitFor(() => {
    expect(complaints.at(-1)).toMatch(/in 2 s\.$/);
  }, 20_000);
  const outcome = await Promise.race([sandbox.stop().then(() => 'stopped'), sleep(1_000, 'still waiting')]);
  expect(outcome).toBe('stopped');
  expect(await listProcesses()).toEqual([]);
});

it('stopping ends a start that is under way', async () => {
  const sandbox = await open();
  const [before] = await listProcesses();
  // Opening a pipe that nobody reads from takes for ever.
  await rm(journal());
  await run('mkfifo', [journal()]);
  await kill();
  await vi.waitFor(async () => {
    const processes = await listProcesses();
    expect(processes).toHaveLength(1);
    expect(processes).not.toContain(before);
  }, 15_000);
  await sandbox.stop();
  expect(await listProcesses()).toEqual([]);
  expect(complaints).toEqual([]);
});

it('a first start that fails is an error, and leaves no process', async () => {
  await mkdir(journal());
  await expect(spawnSandbox({ dataDir })).rejects.toThrow('The sandbox did not start: exit code 1.');
  expect(await listProcesses()).toEqual([]);
});
