import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SANDBOX_APP } from './pusher/pusher-app.ts';
import type { PusherApp } from './pusher/pusher-app.ts';

/** Where the addresses of a running sandbox are left for others. */
const ADDRESS_FILE = 'sandbox.json';

/** A second try at once would meet what the first one met. */
const FIRST_WAIT_MS = 1_000;
/** Whoever repairs what keeps it down sees it come up within half a minute. */
const MAX_WAIT_MS = 30_000;
/** What ends sooner after its start than this will likely do so again, and is not started at once. */
const STEADY_MS = 10_000;
/** A start takes half a second, and with a long journal some more. */
const START_TIMEOUT_MS = 60_000;
/** Less than the time the server has to stop. */
const STOP_TIMEOUT_MS = 5_000;

export interface Sandbox {
  /** The stand-in for Stripe. */
  readonly url: string;
  /** The stand-in for Pusher, and the application it knows. */
  readonly pusher: PusherApp & { readonly url: string };
  /** Tells it where events are to go, once there is somebody to take them. */
  sendWebhooksTo(url: string, secret: string): Promise<void>;
  stop(): Promise<void>;
}

const addressesSchema = z.object({ url: z.url(), pusherUrl: z.url() });
type Addresses = z.output<typeof addressesSchema>;

interface Ports {
  readonly stripe: string;
  readonly pusher: string;
}

interface Running {
  readonly addresses: Addresses;
  readonly exited: Promise<unknown>;
}

/**
 * Starts the stand-ins for Stripe and Pusher as a process of their own, with their state under the data folder.
 *
 * Two servers with one data folder share one sandbox, as they would share Stripe: the second finds the first one's.
 * It ends with us, however we end. Should it end before, it is started again at the same addresses, where it was:
 * its journal knows the rest. While it does not come up, payments and notices wait as for a Stripe or Pusher that is down.
 */
export async function spawnSandbox({ dataDir }: { dataDir: string }): Promise<Sandbox> {
  const other = await findRunning(dataDir);
  if (other !== null) return toSandbox(other, async () => undefined);
  await mkdir(dataDir, { recursive: true });
  const stopping = new AbortController();
  const first = await start(dataDir, { stripe: '0', pusher: '0' }, stopping.signal);
  const { addresses } = first;
  const ports = { stripe: new URL(addresses.url).port, pusher: new URL(addresses.pusherUrl).port };
  const kept = keepRunning(first, () => start(dataDir, ports, stopping.signal), stopping.signal);
  const stop = async () => {
    stopping.abort();
    await kept;
    await rm(path.join(dataDir, ADDRESS_FILE), { force: true });
  };
  try {
    await writeFile(path.join(dataDir, ADDRESS_FILE), JSON.stringify(addresses));
  } catch (error) {
    await stop();
    throw error;
  }
  return toSandbox(addresses, stop);
}

function toSandbox({ url, pusherUrl }: Addresses, stop: Sandbox['stop']): Sandbox {
  return {
    url,
    pusher: { url: pusherUrl, ...SANDBOX_APP },
    sendWebhooksTo: async (webhookUrl, secret) => {
      const body = JSON.stringify({ url: webhookUrl, secret });
      await fetch(`${url}/_sandbox/webhook`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    },
    stop,
  };
}

/** The addresses of a sandbox that runs on this folder already; null when not both answer. */
export async function findRunning(dataDir: string): Promise<Addresses | null> {
  try {
    const addresses = readAddresses(await readFile(path.join(dataDir, ADDRESS_FILE), 'utf8'));
    if (addresses === null) return null;
    const asked = [`${addresses.url}/_sandbox/clock`, `${addresses.pusherUrl}/_sandbox/faults`];
    const answers = await Promise.all(asked.map((url) => fetch(url, { signal: AbortSignal.timeout(1_000) })));
    return answers.every(({ ok }) => ok) ? addresses : null;
  } catch {
    return null;
  }
}

/** Null for what is half-written, or left by a version that wrote something else. */
function readAddresses(text: string): Addresses | null {
  try {
    return addressesSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Starts it again whenever it ends: at once, then after ever longer waits, until `stopping`. */
async function keepRunning(first: Running, restart: () => Promise<Running>, stopping: AbortSignal): Promise<void> {
  let waitMs = 0;
  for (let running: Running | null = first; ;) {
    const since = performance.now();
    await running?.exited;
    if (running !== null && performance.now() - since > STEADY_MS) waitMs = 0;
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) return;
    waitMs = Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS, 2 * waitMs));
    running = await restart().catch((error: unknown) => {
      const next = `It is tried again in ${String(waitMs / 1_000)} s.`;
      if (!stopping.aborted) console.error(`The sandbox ended and did not come up again: ${String(error)} ${next}`);
      return null;
    });
  }
}

/**
 * Starts the process and resolves once it is ready; it gets the signal to end as soon as `stopping`.
 *
 * Throws: when it does not come up; then the process is gone.
 */
async function start(dataDir: string, ports: Ports, stopping: AbortSignal): Promise<Running> {
  const script = path.join(import.meta.dirname, 'main.ts');
  const args = ['--port', ports.stripe, '--pusher-port', ports.pusher, '--data-dir', dataDir, '--ends-with-input'];
  const child = spawn(process.execPath, [script, ...args], {
    // A group of its own, so that a signal to the terminal's leaves it to us to stop it. Its input ends when we do.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = waitForExit(child);
  endOn(stopping, child, exited);
  const ready = new Promise<Addresses>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const addresses = line.includes('SANDBOX_READY') ? readAddresses(line) : null;
      if (addresses !== null) resolve(addresses);
    });
  });
  const tooLate = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const outcome = await Promise.race([ready, exited]);
  clearTimeout(tooLate);
  if (typeof outcome === 'string') throw new Error(`The sandbox did not start: ${outcome}.`);
  return { addresses: outcome, exited };
}

/** How it ended, or why it never began. */
function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code === null ? `it was ended by ${String(signal)}` : `it ended with ${String(code)}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
}

function endOn(stopping: AbortSignal, child: ChildProcess, exited: Promise<unknown>): void {
  const end = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  };
  if (stopping.aborted) end();
  else stopping.addEventListener('abort', end);
  void exited.then(() => {
    stopping.removeEventListener('abort', end);
  });
}
