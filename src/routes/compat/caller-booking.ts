import type { FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { guestOf, staffOf } from '../../http/access/caller.ts';
import { findBookingCode } from '../../services/core/booking/find-booking-code.ts';

/** An appointment the caller may access. */
export interface CallersBooking {
  readonly propertyId: string;
  readonly code: string;
}

/**
 * Finds the caller's appointment by code or UUID, for staff and for its guest.
 *
 * A guest token belongs to one booking, so guests may leave the name out; staff may not.
 * Throws: validation_failed; not_found, also when a guest names another booking.
 */
export async function findCallersBooking(
  ctx: Context,
  request: FastifyRequest,
  name: string | undefined,
): Promise<CallersBooking> {
  const isGuest = request.caller.type === 'GUEST';
  const { propertyId } = isGuest ? guestOf(request) : staffOf(request);
  const bookingName = isGuest ? readOwnName(request, name) : name;
  if (bookingName === undefined) {
    throw new AppError('validation_failed', { errors: [{ path: 'bookingId', message: 'is required from staff' }] });
  }
  const code = await findBookingCode(ctx, { propertyId, kind: 'APPOINTMENT', name: bookingName });
  if (code === null) throw bookingNotFound(bookingName);
  return { propertyId, code };
}

/** Returns the code of the guest token's booking. Throws: not_found when `name` is another booking. */
function readOwnName(request: FastifyRequest, name: string | undefined): string {
  const { bookingId, bookingCode } = guestOf(request);
  if (name === undefined || name === bookingCode || name.toLowerCase() === bookingId) return bookingCode;
  throw bookingNotFound(name);
}

function bookingNotFound(name: string): AppError {
  return new AppError('not_found', { detail: `There is no booking ${name} here.` });
}
