import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { Author, BookingSnapshot } from '../../../domain/booking/booking.ts';
import type { LogEvent } from '../../../domain/ports/log-events.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { storedResponse } from '../idempotency/stored-response.ts';
import { logAction } from '../log/log-action.ts';
import { bookingSnapshotSchema } from './booking-snapshot-schema.ts';
import { readBooking } from './booking-snapshot.ts';

/** A booking to act on, and the version that the caller has seen. */
export interface BookingActionInput {
  readonly propertyId: string;
  readonly code: string;
  /** From If-Match; null: any version. */
  readonly ifVersion: number | null;
}

/** The input of a step in the caller's transaction. */
export interface BookingStepInput extends BookingActionInput {
  readonly author: Author;
  /** Gateway operations written earlier in the transaction, which are not blocking. */
  readonly begun?: readonly string[];
}

const storedBooking = storedResponse('booking', bookingSnapshotSchema);

/**
 * Runs an action on a booking in a transaction, and logs its outcome.
 *
 * `work` returns the booking's id.
 * Idempotent: a repeat gets the stored response; a dry run is rolled back.
 * Returns: the booking after the action.
 */
export async function actOnBooking(
  ctx: RequestContext,
  event: LogEvent,
  input: BookingActionInput,
  work: (tx: Tx) => Promise<string>,
): Promise<BookingSnapshot> {
  const { code } = input;
  return logAction(
    ctx,
    { event, fields: { code } },
    () => answerOnce(ctx, storedBooking, async (tx) => readBooking(ctx, tx, await work(tx))),
    ({ status, version }) => ({ status, version }),
  );
}
