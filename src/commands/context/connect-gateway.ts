import type { Config } from '../../config.ts';
import { StartError } from '../../db/embedded.ts';
import type { Gateway } from '../../domain/ports/gateway.ts';
import { makeStripeGateway } from '../../integrations/stripe.ts';

export interface ConnectedGateway {
  readonly gateway: Gateway;
  /** Which stand-in answers; null for Stripe, or whoever is configured. */
  readonly note: string | null;
  readonly stop: () => Promise<void>;
}

/**
 * The gateway that the server of this configuration uses: Stripe, or the stand-in that runs beside a server.
 *
 * `isAlone` when no server uses the data folder: then the stand-in is started on its journal, and ends with `stop`.
 * Throws: StartError, saying what to do.
 */
export async function connectGateway(config: Config, isAlone: boolean): Promise<ConnectedGateway> {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base } = config;
  const connect = (secretKey: string, apiBase: string | undefined) =>
    makeStripeGateway({ secretKey, apiBase, webhookSecret: '' });
  if (key !== undefined || base !== undefined) {
    return { gateway: connect(key ?? 'sk_test_sandbox', base), note: null, stop: async () => undefined };
  }
  // Not part of the production image, where a key is always set.
  const { findRunning, spawnSandbox } = await import('../../sandbox/spawn.ts');
  const running = await findRunning(config.DATA_DIR);
  if (running !== null) {
    const note = `The stand-in for Stripe of the running server, at ${running.url}.`;
    return { gateway: connect('sk_test_sandbox', running.url), note, stop: async () => undefined };
  }
  if (!isAlone) {
    throw new StartError(
      `No stand-in for Stripe runs beside the data folder ${config.DATA_DIR}, and it is not ours to start.\n` +
        'Start the server (npm start) and come again; or set DATA_DIR to its folder; or set STRIPE_SECRET_KEY, or STRIPE_API_BASE.',
    );
  }
  const sandbox = await spawnSandbox({ dataDir: config.DATA_DIR });
  const note = 'No server runs, so the stand-in for Stripe was started on its journal, for this command only.';
  return { gateway: connect('sk_test_sandbox', sandbox.url), note, stop: () => sandbox.stop() };
}
