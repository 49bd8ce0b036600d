import { createDatabase, formatRow, startServer, stopServers } from '../../bench/processes.ts';
import type { Attack } from './attack.ts';
import { startGuest } from './start-guest.ts';

/** How long the guest is alone before each attack. Attacks come from other addresses each, so that no limit is shared. */
const ALONE_MS = 3_000;

/** Attacks one version of the server with demo data, attack by attack, and prints a line for each. */
export async function measureVersion(input: {
  readonly postgresUrl: string;
  readonly name: string;
  readonly checkout: string;
  readonly attacks: readonly Attack[];
}): Promise<void> {
  const { name, checkout, attacks } = input;
  const database = await createDatabase(input.postgresUrl, `pressure_${name}`);
  const variables = { RATE_LIMIT_SCALE: '1', DEMO_DATA: 'true', TRUST_PROXY: '127.0.0.0/8' };
  const server = await startServer(database, variables, checkout);
  console.log(`\n${name}: ${checkout}`);
  console.log(formatRow(['attack', 'p95 ms', 'p95 alone', 'refused', 'of']), '  the attacker got');
  try {
    for (const attack of attacks) await measureAttack(server.url, attack);
  } finally {
    await stopServers([server]);
  }
}

/** Runs one attack beside an ordinary guest, after the guest was alone for a while. */
async function measureAttack(base: string, attack: Attack): Promise<void> {
  const before = await startGuest(base);
  await pause(ALONE_MS);
  const alone = await before.stop();
  const guest = await startGuest(base);
  const got = await attack.run(base);
  const met = await guest.stop();
  console.log(formatRow([attack.name, met.p95, alone.p95, met.refused, met.requests]), `  ${got}`);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
