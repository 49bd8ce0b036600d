import { checkInvariants } from '../services/ops/check-invariants.ts';
import { withContext } from './context/with-context.ts';

/** `npm run invariants`: looks for everything that must never be; exits with 1 when it finds any. */
await withContext(async (ctx) => {
  const results = await checkInvariants(ctx);
  for (const { name, count, offenders } of results) {
    console.log(`${String(count).padStart(6)}  ${name.replaceAll('_', ' ')}`);
    for (const offender of offenders) console.log(`        ${offender}`);
  }
  const total = results.reduce((sum, { count }) => sum + count, 0);
  console.log(total === 0 ? '\nNothing is broken.' : `\n${String(total)} broken.`);
  return total === 0 ? 0 : 1;
});
