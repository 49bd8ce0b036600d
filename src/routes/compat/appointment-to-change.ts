import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { agentOf } from '../../http/access/caller.ts';
import { limitFindings } from '../../http/limits/limit-findings.ts';
import { findGuestBooking } from '../../services/core/booking/find-guest-booking.ts';
import { findCallersBooking } from './caller-booking.ts';
import type { CallersBooking } from './caller-booking.ts';
import type { helloGorgeousCancellation } from './hello-gorgeous/hello-gorgeous-fields.ts';
import { emptyToUndefined } from './hotelmate/hotelmate-fields.ts';

/** The members of a body that identify the appointment and its guest. */
type AppointmentIdentity = Omit<z.output<typeof helloGorgeousCancellation>, 'reason'>;

/**
 * Finds the appointment that staff, its guest or an agent wants to change.
 *
 * Agents send the code and identify the guest; other callers are identified by their credential and may not.
 * Throws: validation_failed; not_found, for agents without telling a wrong code from a wrong guest.
 */
export async function findAppointmentToChange(
  ctx: Context,
  request: FastifyRequest,
  body: AppointmentIdentity,
): Promise<CallersBooking> {
  if (request.caller.type === 'AGENT') return findForAgent(ctx, request, body);
  const forbidden = (['phone', 'lastName', 'last_name'] as const).filter(
    (member) => emptyToUndefined(body[member]) !== undefined,
  );
  if (forbidden.length > 0) {
    const errors = forbidden.map((path) => ({ path, message: 'only agents may send this' }));
    throw new AppError('validation_failed', { errors });
  }
  return findCallersBooking(ctx, request, body.bookingId ?? body.id);
}

async function findForAgent(ctx: Context, request: FastifyRequest, body: AppointmentIdentity): Promise<CallersBooking> {
  const { propertyId } = agentOf(request);
  const code = body.bookingId ?? body.id;
  const phone = emptyToUndefined(body.phone) ?? null;
  const lastName = emptyToUndefined(body.lastName) ?? emptyToUndefined(body.last_name) ?? null;
  if (code === undefined) throwInvalid('bookingId', 'is required from agents');
  if (phone === null && lastName === null) throwInvalid('phone', 'is required from agents, unless lastName is sent');
  const booking = await limitFindings(request, ctx.config, () =>
    findGuestBooking(ctx, { propertyId, code, phone, lastName }),
  );
  if (booking.kind !== 'APPOINTMENT') throw new AppError('not_found', { detail: `Booking ${code} is no appointment.` });
  return { propertyId, code };
}

function throwInvalid(path: string, message: string): never {
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}
