import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config.ts';

// HTTP helpers of `npm run demo`. The demo uses only HTTP, so the scripts are also a tour of the API.

export const base = `${readConfig().PUBLIC_URL}/api/v1`;
const PASSWORD = 'holdfast-demo';

// Responses are untyped, as in the console of a browser.
export type Json = any;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Sends a request; waits and repeats when rate limited. */
export async function call(
  method: string,
  path: string,
  options: { body?: object; token?: string; key?: string } = {},
): Promise<Answer> {
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(options.body && { 'content-type': 'application/json' }),
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...(options.key && { 'idempotency-key': options.key }),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  const body: Json = await answer.json();
  if (answer.status !== 429) return { status: answer.status, headers: answer.headers, body };
  const seconds = Number(answer.headers.get('retry-after') ?? 1);
  console.log(`      (rate limited; retry in ${String(seconds)} s)`);
  await sleep(seconds * 1_000);
  return call(method, path, options);
}

/** Prints the response in a line. Throws: Error for an unexpected status. */
export async function step(
  title: string,
  expected: number,
  work: Promise<Answer>,
  summarize: (body: Json) => string,
): Promise<Json> {
  const { status, body } = await work;
  const isExpected = status === expected;
  console.log(
    `  ${isExpected ? '✓' : '✗'} ${title.padEnd(44)} ${String(status)}  ${isExpected ? summarize(body) : JSON.stringify(body)}`,
  );
  if (!isExpected) throw new Error(`${title}: expected status ${String(expected)}, got ${String(status)}`);
  return body;
}

export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 100);
}

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function todayIn(timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(new Date());
}

export async function logIn(email: string): Promise<string> {
  const session = await step(
    `${email} logs in`,
    200,
    call('POST', '/auth/login', { body: { email, password: PASSWORD } }),
    () => 'access token for 15 minutes',
  );
  return session.accessToken as string;
}

export const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' };

/** Creates a checkout session and pays with the form of the sandbox's page. */
export async function pay(token: string, body: { walletAmount?: number } = {}): Promise<void> {
  const session = await step(
    'a checkout session',
    200,
    call('POST', '/guest/booking/payment-session', { token, body }),
    (answer) => `${String(answer.url).split('/c/pay/')[0]}/c/pay/…`,
  );
  const { url } = session as { url: string };
  if (!/127\.0\.0\.1|localhost/.test(url)) {
    console.log(`      Open ${url} and pay; the demo waits.`);
    return;
  }
  const paid = await fetch(`${url}/pay`, { method: 'POST', redirect: 'manual' });
  console.log(`  ✓ ${'the guest pays in the checkout session'.padEnd(44)} ${String(paid.status)}`);
}

/** Polls the guest's booking until the status is reached, because the webhook arrives later. */
export async function until(title: string, token: string, status: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await call('GET', '/guest/booking', { token });
    if (answer.body.status === status) {
      await step(title, 200, Promise.resolve(answer), (body) => `${body.status}, ${body.paymentStage}`);
      return;
    }
    await sleep(attempt < 50 ? 100 : 1_000);
  }
  throw new Error(`${title}: the booking did not become ${status}`);
}
