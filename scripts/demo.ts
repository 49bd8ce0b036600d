import process from 'node:process';
import { walkAppointment } from './demo/appointment.ts';
import { walkParty } from './demo/party.ts';
import { race } from './demo/race.ts';
import { walkCard, walkHold, walkStay } from './demo/stays.ts';
import { base } from './demo/tour.ts';
import { walkWallet } from './demo/wallet.ts';

// `npm run demo`: runs a booking of each kind from search to completion against the running server, pays on the
// sandbox's page, then lets twenty guests book the last two suites at the same time.

try {
  await walkStay();
  await walkCard();
  await walkHold();
  await walkWallet();
  await walkParty();
  await walkAppointment();
  await race();
  console.log('\nDone. Run npm run invariants to check that every invariant still holds.');
} catch (error) {
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  console.error(
    isUnreachable ? `No server responds at ${base}. Start the server with npm start, then run the demo again.` : error,
  );
  process.exitCode = 1;
}
