import process from 'node:process';
import { walkAppointment } from './demo/appointment.ts';
import { walkParty } from './demo/party.ts';
import { race } from './demo/race.ts';
import { walkCard, walkHold, walkStay } from './demo/stays.ts';
import { base } from './demo/tour.ts';
import { walkWallet } from './demo/wallet.ts';

// `npm run demo`: walks a booking of each kind through its life against the running server, paying on the sandbox's page,
// then lets twenty guests fight for two suites.

try {
  await walkStay();
  await walkCard();
  await walkHold();
  await walkWallet();
  await walkParty();
  await walkAppointment();
  await race();
  console.log('\nDone. npm run invariants shows that everything still adds up.');
} catch (error) {
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  console.error(isUnreachable ? `No server answers at ${base}; start one with npm start.` : error);
  process.exitCode = 1;
}
