import type { Config } from '../../config.ts';
import { StartError } from '../../db/connection/embedded.ts';
import type { Gateway } from '../../domain/ports/gateway.ts';
import { makeStripeGateway } from '../../integrations/stripe.ts';

export interface ConnectedGateway {
  readonly gateway: Gateway;
  /** Describes the stand-in in use; null for a configured gateway. */
  readonly note: string | null;
  readonly stop: () => Promise<void>;
}

/**
 * Connects to the gateway of the configured server: Stripe, or the local stand-in.
 *
 * `isAlone` means that no server uses the data folder: the stand-in is then started, and ends with `stop`.
 * Throws: StartError with instructions when no stand-in runs and none may be started.
 */
export async function connectGateway(config: Config, isAlone: boolean): Promise<ConnectedGateway> {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base } = config;
  const connect = (secretKey: string, apiBase: string | undefined) =>
    makeStripeGateway({ secretKey, apiBase, webhookSecret: '' });
  if (key !== undefined || base !== undefined) {
    return { gateway: connect(key ?? 'sk_test_sandbox', base), note: null, stop: async () => undefined };
  }
  // Imported on demand: the production image has no sandbox, and always has a key.
  const { findRunning, spawnSandbox } = await import('../../sandbox/spawn.ts');
  const running = await findRunning(config.DATA_DIR);
  if (running !== null) {
    const note = `Using the stand-in for Stripe of the running server, at ${running.url}.`;
    return { gateway: connect('sk_test_sandbox', running.url), note, stop: async () => undefined };
  }
  if (!isAlone) {
    throw new StartError(
      `No stand-in for Stripe runs for the data folder ${config.DATA_DIR}.\n` +
        'Start the server (npm start) and try again, or set DATA_DIR to the data folder of the running server, ' +
        'or set STRIPE_SECRET_KEY or STRIPE_API_BASE.',
    );
  }
  const sandbox = await spawnSandbox({ dataDir: config.DATA_DIR });
  const note = 'No server runs, so the stand-in for Stripe was started for this command only.';
  return { gateway: connect('sk_test_sandbox', sandbox.url), note, stop: () => sandbox.stop() };
}
