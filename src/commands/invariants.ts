import { checkInvariants } from '../services/platform/ops/check-invariants.ts';
import { withContext } from './context/with-context.ts';

/** `npm run invariants`: checks every invariant, prints a count of violations for each, exits with 1 on a violation. */
await withContext(async (ctx) => {
  const results = await checkInvariants(ctx);
  for (const { name, count, offenders } of results) {
    console.log(`${String(count).padStart(6)}  ${name.replaceAll('_', ' ')}`);
    for (const offender of offenders) console.log(`        ${offender}`);
  }
  const total = results.reduce((sum, { count }) => sum + count, 0);
  console.log(
    total === 0 ? '\nNothing is broken.' : `\n${String(total)} ${total === 1 ? 'violation' : 'violations'} found.`,
  );
  return total === 0 ? 0 : 1;
});
