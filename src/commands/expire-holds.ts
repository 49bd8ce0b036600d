import { parseArgs } from 'node:util';
import { NO_REQUEST } from '../domain/ports/request-scope.ts';
import { expireHolds } from '../services/hold/expire-holds.ts';
import { withContext } from './context/with-context.ts';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });

/** `npm run holds:expire [-- --dry-run]`: releases holds past their deadline, or shows which a sweep would release. */
await withContext(async (ctx) => {
  const holds = await expireHolds({ ...ctx, request: { ...NO_REQUEST, isDryRun: values['dry-run'] } });
  for (const { code, slug, expiresAt, overdueSeconds } of holds) {
    console.log(`${code}  ${slug}  ended ${expiresAt}, ${overdueSeconds.toFixed(1)} s ago`);
  }
  const verb = values['dry-run'] ? 'would be released' : 'released';
  console.log(`${String(holds.length)} ${holds.length === 1 ? 'hold' : 'holds'} ${verb}.`);
  return 0;
});
