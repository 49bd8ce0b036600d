import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { listCustomerIds } from '../../../services/booking/list/list-customer-ids.ts';
import { cancelBooking } from '../../../services/decision/cancel-booking.ts';
import { findCallersBooking } from '../caller-booking.ts';
import { hibachiView, viewHibachi } from './hibachi-view.ts';
import type { HibachiBooking } from './hibachi-view.ts';
import { bookingName, orEmpty, said } from '../hotelmate/hotelmate-fields.ts';

const CANONICAL = '/api/v1/staff/properties/:slug/bookings/:code';
/** Loose, because the configured slug is among them. */
export const hibachiParams = z.looseObject({ code: bookingName });

const get = supersededBy(
  CANONICAL,
  operation({
    summary: 'One party, for staff and for its guest',
    tag: 'My Hibachi',
    permission: 'bookings.read',
    capability: 'VIEW',
    params: hibachiParams,
    answers: { 200: hibachiView },
  }),
);

const cancel = supersededBy(
  CANONICAL,
  operation({
    summary: 'Cancels a party, for staff and for its guest',
    tag: 'My Hibachi',
    permission: 'bookings.cancel',
    capability: 'CHANGE',
    params: hibachiParams,
    body: z.strictObject({ reason: orEmpty(text(500)) }).meta({ examples: [{ reason: 'Rain' }] }),
    answers: { 200: hibachiView, 202: hibachiView.describe('The gateway has not said yet how it ends.') },
    errors: ['version_conflict', 'invalid_transition', 'payment_in_progress'],
    isIdempotent: true,
    isVersioned: true,
  }),
);

export const hibachiOwnRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.addHook('preHandler', async (request) => {
      await nameByCode(ctx, request);
    });

    app.get('/:code', get, async (request, reply) => {
      const target = await findCallersBooking(ctx, request, request.params.code);
      return answerHibachi(ctx, reply, await getBooking(contextOf(ctx, request), target));
    });

    app.delete('/:code', cancel, async (request, reply) => {
      const target = await findCallersBooking(ctx, request, request.params.code);
      const asked = { ...target, ifVersion: readIfMatch(request), reason: said(request.body.reason) ?? null };
      const { booking, isPending } = await cancelBooking(contextOf(ctx, request), asked);
      reply.code(isPending ? 202 : 200);
      return answerHibachi(ctx, reply, booking);
    });
  };

/** From here on a booking goes by its code: in the path that the answer names, and in what makes two requests the same. */
export async function nameByCode(ctx: Context, request: FastifyRequest): Promise<void> {
  const path = request.params as { code?: string };
  if (path.code !== undefined) path.code = (await findCallersBooking(ctx, request, path.code)).code;
}

/** The booking in My Hibachi's words, with its version for the next write. */
export async function answerHibachi(
  ctx: Context,
  reply: FastifyReply,
  booking: BookingSnapshot,
): Promise<HibachiBooking> {
  sendVersion(reply, booking.version);
  return viewHibachi(booking, (await listCustomerIds(ctx, [booking.id])).get(booking.id) ?? null);
}
