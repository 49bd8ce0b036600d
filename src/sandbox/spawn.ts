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

/** File in the data folder with the URLs of the running sandbox, for other processes. */
const ADDRESS_FILE = 'sandbox.json';

/** Wait before the second restart: an immediate restart would probably fail for the same reason. */
const FIRST_WAIT_MS = 1_000;
/** Longest wait between restarts: after a repair the sandbox is up within half a minute. */
const MAX_WAIT_MS = 30_000;
/** Uptime after which an exit counts as a first failure again, so that the restart happens at once. */
const STEADY_MS = 10_000;
/** A start takes half a second, and more with a long journal. */
const START_TIMEOUT_MS = 60_000;
/** Below STOP_TIMEOUT_MS of the server (src/main.ts). */
const STOP_TIMEOUT_MS = 5_000;

export interface Sandbox {
  /** URL of the stand-in for Stripe. */
  readonly url: string;
  /** URL and application of the stand-in for Pusher. */
  readonly pusher: PusherApp & { readonly url: string };
  /** Sets the webhook endpoint, once the server listens. */
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
 * Starts the stand-ins for Stripe and Pusher in a child process, with state in the data folder.
 *
 * Servers with the same data folder share a sandbox, as they would share Stripe: a later server finds the running
 * sandbox. The child ends with this process, even after a crash. A child that ends early is restarted on the same ports
 * and restores its state from the journal. Until the restart, payments and events wait, as in an outage of Stripe.
 */
export async function spawnSandbox({ dataDir }: { dataDir: string }): Promise<Sandbox> {
  const running = await findRunning(dataDir);
  if (running !== null) return toSandbox(running, async () => undefined);
  await mkdir(dataDir, { recursive: true });
  const stopping = new AbortController();
  const first = await start(dataDir, { stripe: '0', pusher: '0' }, stopping.signal);
  const { addresses } = first;
  const ports = { stripe: new URL(addresses.url).port, pusher: new URL(addresses.pusherUrl).port };
  const supervised = keepRunning(first, () => start(dataDir, ports, stopping.signal), stopping.signal);
  const stop = async () => {
    stopping.abort();
    await supervised;
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

/** Finds the running sandbox of a data folder. Returns: null unless both stand-ins respond. */
export async function findRunning(dataDir: string): Promise<Addresses | null> {
  try {
    const addresses = readAddresses(await readFile(path.join(dataDir, ADDRESS_FILE), 'utf8'));
    if (addresses === null) return null;
    const probes = [`${addresses.url}/_sandbox/clock`, `${addresses.pusherUrl}/_sandbox/faults`];
    const responses = await Promise.all(probes.map((url) => fetch(url, { signal: AbortSignal.timeout(1_000) })));
    return responses.every(({ ok }) => ok) ? addresses : null;
  } catch {
    return null;
  }
}

/** Parses the address file. Returns: null for a half-written file or the format of another version. */
function readAddresses(text: string): Addresses | null {
  try {
    return addressesSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Restarts the child after every exit: first at once, then with exponential backoff, until `stopping`. */
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
      const next = `Next attempt in ${String(waitMs / 1_000)} s.`;
      if (!stopping.aborted) console.error(`The sandbox ended and could not be restarted: ${String(error)} ${next}`);
      return null;
    });
  }
}

/**
 * Starts the child process and waits until both stand-ins listen. An abort of `stopping` terminates the child.
 *
 * Throws: Error when the child ends before; no process is left.
 */
async function start(dataDir: string, ports: Ports, stopping: AbortSignal): Promise<Running> {
  const script = path.join(import.meta.dirname, 'main.ts');
  const args = ['--port', ports.stripe, '--pusher-port', ports.pusher, '--data-dir', dataDir, '--ends-with-input'];
  const child = spawn(process.execPath, [script, ...args], {
    // A separate process group: a signal to the terminal's group reaches only the server, which then stops the child.
    // The child's stdin closes with this process.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = waitForExit(child);
  terminateOn(stopping, child, exited);
  const ready = new Promise<Addresses>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const addresses = line.includes('SANDBOX_READY') ? readAddresses(line) : null;
      if (addresses !== null) resolve(addresses);
    });
  });
  const timeout = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const outcome = await Promise.race([ready, exited]);
  clearTimeout(timeout);
  if (typeof outcome === 'string') throw new Error(`The sandbox did not start: ${outcome}.`);
  return { addresses: outcome, exited };
}

/** Waits for the exit of the child. Returns: the reason, as part of a sentence. */
function waitForExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code === null ? `terminated by ${String(signal)}` : `exit code ${String(code)}`);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
}

function terminateOn(stopping: AbortSignal, child: ChildProcess, exited: Promise<unknown>): void {
  const terminate = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  };
  if (stopping.aborted) terminate();
  else stopping.addEventListener('abort', terminate);
  void exited.then(() => {
    stopping.removeEventListener('abort', terminate);
  });
}
