import { NODE_ENVIRONMENT } from '../server/node-environment.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Stripe from 'stripe';
import { startStripeSandbox } from '../../../src/sandbox/stripe/start-stripe-sandbox.ts';
import type { StripeSandboxOptions } from '../../../src/sandbox/stripe/start-stripe-sandbox.ts';

export interface SandboxClient {
  readonly url: string;
  /** The real SDK, pointed at the sandbox. */
  readonly stripe: Stripe;
  /** Calls the control API; throws with its message when it refuses. */
  readonly control: (call: string, body?: unknown) => Promise<any>;
}

/** The SDK and the control API of a sandbox at `url`, whoever runs it. */
export function connectSandbox(url: string, timeoutMs = 10_000): SandboxClient {
  const { hostname, port } = new URL(url);
  const stripe = new Stripe('sk_test_sandbox', {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    timeout: timeoutMs,
  });
  return {
    url,
    stripe,
    control: async (call, body) => {
      const [method = 'GET', name = ''] = call.split(' ');
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/_sandbox/${name}`, { method, ...given });
      const answer = (await response.json()) as { error?: { message: string } };
      if (!response.ok) throw new Error(`${String(response.status)} ${answer.error?.message ?? ''}`);
      return answer;
    },
  };
}

export type TestSandbox = SandboxClient & AsyncDisposable & { readonly dataDir: string };

/** A sandbox in this process, with a folder of its own; both go with `await using`. */
export async function openSandbox(options: Partial<StripeSandboxOptions> = {}): Promise<TestSandbox> {
  const dataDir = options.dataDir ?? (await makeDataDir());
  const sandbox = await startStripeSandbox({ dataDir, ...options });
  return {
    ...connectSandbox(sandbox.url),
    dataDir,
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

export function makeDataDir(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'stripe-sandbox-'));
}

export interface SandboxProcess extends SandboxClient, AsyncDisposable {
  /** Kills it as a crash would. */
  kill(): Promise<void>;
  /** Asks it to end and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A sandbox in a process of its own, as `npm start` has it; it goes with `await using`. */
export async function spawnSandbox(dataDir: string, ...args: string[]): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ['src/sandbox/main.ts', '--data-dir', dataDir, ...args], {
    env: NODE_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const ready = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [line] = await Promise.race([
    ready,
    exited.then(([code]): never => {
      throw new Error(`The sandbox ended with ${String(code)} before it was ready`);
    }),
  ]);
  const { event, url } = JSON.parse(line) as { event: string; url: string };
  if (event !== 'SANDBOX_READY') throw new Error(`The sandbox said ${line}`);
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    ...connectSandbox(url),
    kill,
    [Symbol.asyncDispose]: kill,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** A session for 100.00 that holds the money, with what a test wants otherwise. */
export function sessionParams(
  over: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    line_items: [
      { quantity: 1, price_data: { currency: 'usd', unit_amount: 10_000, product_data: { name: 'Two nights' } } },
    ],
    payment_intent_data: { capture_method: 'manual', metadata: { booking: 'HF-1' } },
    metadata: { booking: 'HF-1' },
    success_url: 'https://shop.test/paid?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://shop.test/left',
    ...over,
  };
}

/** A session of 100.00 whose money is held (or taken, with `automatic` capture): its intent and charge. */
export async function paySession(
  { stripe, control }: SandboxClient,
  over: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Promise<{ sessionId: string; intentId: string; chargeId: string }> {
  const session = await stripe.checkout.sessions.create(sessionParams(over));
  const paid = await control(`POST checkout/${session.id}/pay`);
  return { sessionId: session.id, intentId: paid.payment_intent.id, chargeId: paid.charge.id };
}

/** The error a promise is refused with, as the SDK gives it. */
export async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    return error as Stripe.errors.StripeError;
  }
  throw new Error('It was not refused');
}

/** The types of all events there are, oldest first. */
export async function listEventTypes({ stripe }: SandboxClient): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100 });
  return events.data.map((event) => event.type).reverse();
}
