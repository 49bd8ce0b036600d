import type { FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { guestOf, staffOf } from '../../http/caller.ts';
import { findBookingCode } from '../../services/booking/find-booking-code.ts';

/** An appointment, and who asks for it. */
export interface CallersBooking {
  readonly propertyId: string;
  readonly code: string;
  readonly actor: Actor;
}

/**
 * The appointment of this name, its code or its UUID, for staff or for the guest whose it is.
 *
 * A guest may leave the name out: a token opens one booking. Staff are asked for it.
 * Throws: not_found, also for a guest who names another's; validation_failed.
 */
export async function findCallersBooking(
  ctx: Context,
  request: FastifyRequest,
  name: string | undefined,
): Promise<CallersBooking> {
  const isGuest = request.caller.type === 'GUEST';
  const { propertyId, actor } = isGuest ? guestOf(request) : staffOf(request);
  const wanted = isGuest ? readOwnName(request, name) : name;
  if (wanted === undefined) {
    throw new AppError('validation_failed', { errors: [{ path: 'bookingId', message: 'is needed from staff' }] });
  }
  const code = await findBookingCode(ctx, { propertyId, kind: 'APPOINTMENT', name: wanted });
  if (code === null) throw missing(wanted);
  return { propertyId, code, actor };
}

/** The code of the one booking that the token opens. Throws: not_found for the name of another. */
function readOwnName(request: FastifyRequest, name: string | undefined): string {
  const { bookingId, bookingCode } = guestOf(request);
  if (name === undefined || name === bookingCode || name.toLowerCase() === bookingId) return bookingCode;
  throw missing(name);
}

function missing(name: string): AppError {
  return new AppError('not_found', { detail: `There is no booking ${name} here.` });
}
