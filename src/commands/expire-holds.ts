import { parseArgs } from 'node:util';
import { expireHolds, listOverdueHolds } from '../services/selling/hold/expire-holds.ts';
import { withContext } from './context/with-context.ts';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });

/** `npm run holds:expire [-- --dry-run]`: releases holds past the deadline; `--dry-run` only lists the holds. */
await withContext(async (ctx) => {
  const holds = values['dry-run'] ? await listOverdueHolds(ctx) : await expireHolds(ctx);
  for (const { code, slug, expiresAt, overdueSeconds } of holds) {
    console.log(`${code}  ${slug}  deadline ${expiresAt}, ${overdueSeconds.toFixed(1)} s ago`);
  }
  const verb = values['dry-run'] ? 'would be released' : 'released';
  console.log(`${String(holds.length)} ${holds.length === 1 ? 'hold' : 'holds'} ${verb}.`);
  return 0;
});
