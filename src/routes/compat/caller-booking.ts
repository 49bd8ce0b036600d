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
  if (request.caller.type === 'GUEST') {
    const { propertyId, bookingId, bookingCode: code, actor } = guestOf(request);
    if (name === undefined || name === code || name.toLowerCase() === bookingId) return { propertyId, code, actor };
    throw missing(name);
  }
  const { propertyId, actor } = staffOf(request);
  if (name === undefined) {
    throw new AppError('validation_failed', { errors: [{ path: 'bookingId', message: 'is needed from staff' }] });
  }
  const code = await findBookingCode(ctx, { propertyId, kind: 'APPOINTMENT', name });
  if (code === null) throw missing(name);
  return { propertyId, code, actor };
}

function missing(name: string): AppError {
  return new AppError('not_found', { detail: `There is no booking ${name} here.` });
}
