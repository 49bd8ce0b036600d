import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** Where the address of a running sandbox is left for others. */
const ADDRESS_FILE = 'stripe-sandbox.url';

export interface Sandbox {
  readonly url: string;
  /** Tells it where events are to go, once there is somebody to take them. */
  sendWebhooksTo(url: string, secret: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for Stripe as a process of its own, with its state under the data folder.
 *
 * Two servers with one data folder share one sandbox, as they would share Stripe: the second finds the first one's.
 * It ends with us, however we end. Should it end before, it is started again where it was: its journal knows the rest.
 */
export async function spawnSandbox({ dataDir }: { dataDir: string }): Promise<Sandbox> {
  const other = await findRunning(dataDir);
  if (other !== null) return { url: other, sendWebhooksTo: sendTo(other), stop: async () => undefined };
  let isStopping = false;
  await mkdir(dataDir, { recursive: true });
  let running = await start(dataDir, '0');
  const { url } = running;
  await writeFile(path.join(dataDir, ADDRESS_FILE), url);
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      await running.exited;
      if (isStopping) return;
      running = await start(dataDir, new URL(url).port);
    }
  };
  // Should it not come up again, payments wait as for a Stripe that is down, and the log of the drains says so.
  const kept = keepRunning().catch(() => undefined);
  return {
    url,
    sendWebhooksTo: sendTo(url),
    stop: async () => {
      isStopping = true;
      running.kill();
      await kept;
      await rm(path.join(dataDir, ADDRESS_FILE), { force: true });
    },
  };
}

function sendTo(url: string): Sandbox['sendWebhooksTo'] {
  return async (webhookUrl, secret) => {
    const body = JSON.stringify({ url: webhookUrl, secret });
    await fetch(`${url}/_sandbox/webhook`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  };
}

/** The address of a sandbox that runs on this folder already; null when none answers. */
async function findRunning(dataDir: string): Promise<string | null> {
  try {
    const url = await readFile(path.join(dataDir, ADDRESS_FILE), 'utf8');
    const answer = await fetch(`${url}/_sandbox/clock`, { signal: AbortSignal.timeout(1_000) });
    return answer.ok ? url : null;
  } catch {
    return null;
  }
}

async function start(dataDir: string, port: string): Promise<{ url: string; exited: Promise<unknown>; kill(): void }> {
  const script = path.join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [script, '--port', port, '--data-dir', dataDir, '--ends-with-input'], {
    // A group of its own, so that a signal to the terminal's leaves it to us to stop it. Its input ends when we do.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('SANDBOX_READY')) resolve((JSON.parse(line) as { url: string }).url);
    });
  });
  const failed = exited.then(() => {
    throw new Error('The Stripe sandbox did not start.');
  });
  const url = await Promise.race([ready, failed]);
  failed.catch(() => undefined);
  return { url, exited, kill: () => child.kill('SIGTERM') };
}
