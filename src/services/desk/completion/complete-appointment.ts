import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import { closeAccount } from './close-account.ts';
import type { AccountToClose } from './close-account.ts';

/**
 * Ends an appointment, from its start on.
 *
 * Locks: expects the booking locked. Throws: too_early, payment_in_progress, balance_due.
 */
export async function completeAppointment(tx: Tx, input: AccountToClose): Promise<void> {
  const { now, startsAt } = input.booking;
  if (now < startsAt) {
    throw new AppError('too_early', { detail: `The appointment begins at ${startsAt.toISOString()}.` });
  }
  await closeAccount(tx, input);
}
