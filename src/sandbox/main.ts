import { parseArgs } from 'node:util';
import { startStripeSandbox } from './stripe/start-stripe-sandbox.ts';

// The sandbox as a process of its own: prints one line when it is ready, and ends with 0 on a signal.

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
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

const sandbox = await startStripeSandbox({
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

if (values['ends-with-input']) {
  // Whoever started us holds the other end; when it is gone, so are they.
  process.stdin.resume().once('end', () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
console.log(JSON.stringify({ event: 'SANDBOX_READY', url: sandbox.url }));
