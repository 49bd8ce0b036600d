import { parseArgs } from 'node:util';
import { startPusherSandbox } from './pusher/start-pusher-sandbox.ts';
import { startStripeSandbox } from './stripe/start-stripe-sandbox.ts';

// The sandboxes as a process of their own: prints one line when they are ready, and ends with 0 on a signal.

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
  console.error('Say where the sandbox keeps its journal: --data-dir <folder>');
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

let ending: Promise<never> | undefined;
const end = () => (ending ??= Promise.all([stripe.close(), pusher.close()]).then(() => process.exit(0)));
if (values['ends-with-input']) {
  // Whoever started us holds the other end; when it is gone, so are they.
  process.stdin.resume().once('end', () => void end());
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
console.log(JSON.stringify({ event: 'SANDBOX_READY', url: stripe.url, pusherUrl: pusher.url }));
