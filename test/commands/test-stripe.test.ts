import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { NODE_ENVIRONMENT } from '../support/server/node-environment.ts';
import { openSandbox } from '../support/sandbox/stripe-sandbox.ts';

/** Runs the command as a developer would. */
function run(args: string[], variables: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const env = { ...NODE_ENVIRONMENT, STRIPE_TEST_KEY: '', ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/test-stripe.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test('without a key it says that nothing ran, and is no failure', async () => {
  const { code, output } = await run([]);
  expect(code).toBe(0);
  expect(output).toBe('SKIPPED: no payment ran against Stripe, because STRIPE_TEST_KEY is not set.\n');
});

test('it never takes a live key', async () => {
  const { code, output } = await run([], { STRIPE_TEST_KEY: 'sk_live_1' });
  expect(code).toBe(1);
  expect(output).toMatch(/must be a key of the test mode/);
  expect(output).not.toContain('sk_live_1');
});

test('the sandbox passes what Stripe is expected to pass', async () => {
  await using sandbox = await openSandbox();
  const { code, output } = await run(['--sandbox', sandbox.url], { STRIPE_TEST_KEY: 'sk_test_1' });
  expect(output).not.toContain('✗');
  expect(output).toMatch(/All \d+ lives passed\./);
  expect(code).toBe(0);
});
