import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { agentOf } from '../../http/caller.ts';
import { findGuestBooking } from '../../services/agent/find-guest-booking.ts';
import { findCallersBooking } from './caller-booking.ts';
import type { CallersBooking } from './caller-booking.ts';
import type { helloGorgeousCancellation } from './hello-gorgeous/hello-gorgeous-fields.ts';
import { said } from './hotelmate/hotelmate-fields.ts';

/** What a body says of which appointment it means, and whose it is. */
type Said = Omit<z.output<typeof helloGorgeousCancellation>, 'reason'>;

/**
 * The appointment that staff, its guest or an agent wants to change.
 *
 * An agent says its code and who is on the line; from others that is refused, because their credential says it.
 * Throws: not_found, for agents the same for a wrong code and for a wrong person; validation_failed.
 */
export async function findAppointmentToChange(
  ctx: Context,
  request: FastifyRequest,
  body: Said,
): Promise<CallersBooking> {
  if (request.caller.type === 'AGENT') return findForAgent(ctx, request, body);
  const needless = (['phone', 'lastName', 'last_name'] as const).filter((member) => said(body[member]) !== undefined);
  if (needless.length > 0) {
    const errors = needless.map((path) => ({ path, message: 'is for agents to say' }));
    throw new AppError('validation_failed', { errors });
  }
  return findCallersBooking(ctx, request, body.bookingId ?? body.id);
}

async function findForAgent(ctx: Context, request: FastifyRequest, body: Said): Promise<CallersBooking> {
  const { propertyId, actor } = agentOf(request);
  const code = body.bookingId ?? body.id;
  const phone = said(body.phone) ?? null;
  const lastName = said(body.lastName) ?? said(body.last_name) ?? null;
  if (code === undefined) refuse('bookingId', 'is needed from agents');
  if (phone === null && lastName === null) refuse('phone', 'is needed from agents, or lastName');
  const booking = await findGuestBooking(ctx, { propertyId, code, phone, lastName });
  if (booking.kind !== 'APPOINTMENT') throw new AppError('not_found', { detail: `Booking ${code} is no appointment.` });
  return { propertyId, code, actor };
}

function refuse(path: string, message: string): never {
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}
