import { test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { staffSpa, TODAY, NOW } from '../support/build-spa.ts';
import { travelTo } from '../support/clock.ts';
test('x', async () => {
  const t = await startTestApp({LOG_LEVEL:'debug'});
  if (process.env['TRAVEL']) await travelTo(t.database, NOW);
  const spa = await staffSpa(t);
  const a = await t.call('GET', `${spa.path}/slots?service=FACIAL&from=2027-03-02&to=2027-03-02`);
  console.log(a.status, JSON.stringify(t.logged.filter((l) => l['level'] === 50), null, 1).slice(0, 3000));
  await t.close();
});
