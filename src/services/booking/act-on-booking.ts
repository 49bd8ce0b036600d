import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { Actor, BookingSnapshot } from '../../domain/booking.ts';
import type { LogEvent } from '../../domain/ports/log-events.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { readBooking } from './booking-snapshot.ts';

/** Which booking, by whom, and the version they have seen. */
export interface BookingActionInput {
  readonly propertyId: string;
  readonly code: string;
  readonly actor: Actor;
  /** From If-Match; null acts on whatever version there is. */
  readonly ifVersion: number | null;
}

/** One action among others in the caller's transaction. */
export interface BookingStepInput extends BookingActionInput {
  readonly requestId: string | null;
  /** Operations that were written earlier in the same transaction: nobody has to wait for them. */
  readonly begun?: readonly string[];
}

/**
 * Runs one action on a booking in a transaction and answers the booking as it then is.
 *
 * What all actions share: the repeat gets the first answer, a dry run writes nothing, and the log says how it ended.
 * `work` answers the booking's id.
 */
export async function actOnBooking(
  ctx: Context,
  event: LogEvent,
  input: BookingActionInput,
  work: (tx: Tx) => Promise<string>,
): Promise<BookingSnapshot> {
  const { actor, code } = input;
  return logAction(
    ctx,
    { event, actor, fields: { code } },
    () => answerOnce(ctx, async (tx) => readBooking(ctx, tx, await work(tx))),
    ({ status, version }) => ({ status, version }),
  );
}
