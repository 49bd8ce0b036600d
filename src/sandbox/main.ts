import { parseArgs } from 'node:util';
import { startPusherSandbox } from './pusher/start-pusher-sandbox.ts';
import { startStripeSandbox } from './stripe/start-stripe-sandbox.ts';

// Runs both sandboxes in a separate process. Prints a line of JSON when ready; exits with 0 on SIGTERM and SIGINT.

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'pusher-port': { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'data-dir': { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'public-url': { type: 'string' },
    'capture-window-seconds': { type: 'string' },
    'ends-with-input': { type: 'boolean', default: false },
  },
});
const dataDir = values['data-dir'];
if (dataDir === undefined) {
  console.error('--data-dir is missing. Add --data-dir <folder>, the folder for the journal of the sandbox.');
  process.exit(2);
}

const stripe = await startStripeSandbox({
  dataDir,
  port: Number(values.port),
  host: values.host,
  ...(values['webhook-url'] !== undefined && { webhookUrl: values['webhook-url'] }),
  ...(values['webhook-secret'] !== undefined && { webhookSecret: values['webhook-secret'] }),
  ...(values['public-url'] !== undefined && { publicUrl: values['public-url'] }),
  ...(values['capture-window-seconds'] !== undefined && {
    captureWindowSeconds: Number(values['capture-window-seconds']),
  }),
});
const pusher = await startPusherSandbox({ port: Number(values['pusher-port']), host: values.host });

let stopped: Promise<never> | undefined;
const stop = () => (stopped ??= Promise.all([stripe.close(), pusher.close()]).then(() => process.exit(0)));
if (values['ends-with-input']) {
  // The parent process holds the other end of the pipe: end of input means that the parent has ended.
  process.stdin.resume().once('end', () => void stop());
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
console.log(JSON.stringify({ event: 'SANDBOX_READY', url: stripe.url, pusherUrl: pusher.url }));
