import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { text } from '../../../http/contract/fields.ts';
import { setPathParameter } from '../../../http/request-context.ts';
import { operation } from '../../../http/contract/operation.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { listCustomerIds } from '../../../services/desk/list/list-customer-ids.ts';
import { cancelBooking } from '../../../services/desk/decision/cancel-booking.ts';
import { findCallersBooking } from '../caller-booking.ts';
import { hibachiView, viewHibachi } from './hibachi-view.ts';
import type { HibachiBooking } from './hibachi-view.ts';
import { bookingName, orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';

const CANONICAL = '/api/v1/staff/properties/:slug/bookings/:code';
/** Path parameters. The object is loose because the configured slug is added. */
export const hibachiParams = z.looseObject({ code: bookingName });

const get = supersededBy(
  CANONICAL,
  operation({
    id: 'hibachiGetBooking',
    summary: 'Reads a party, for staff and its guest',
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
    id: 'hibachiCancelBooking',
    summary: 'Cancels a party, for staff and its guest',
    tag: 'My Hibachi',
    permission: 'bookings.cancel',
    capability: 'CHANGE',
    params: hibachiParams,
    body: z.strictObject({ reason: orEmpty(text(500)) }).meta({ examples: [{ reason: 'Rain' }] }),
    answers: { 200: hibachiView, 202: hibachiView.describe('The payment gateway has not confirmed the outcome yet.') },
    errors: ['version_conflict', 'invalid_transition', 'too_late', 'payment_in_progress'],
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
      return answerHibachi(ctx, reply, await getBooking(request.ctx, target));
    });

    app.delete('/:code', cancel, async (request, reply) => {
      const target = await findCallersBooking(ctx, request, request.params.code);
      const input = {
        ...target,
        ifVersion: readIfMatch(request),
        reason: emptyToUndefined(request.body.reason) ?? null,
      };
      const { booking, isPending } = await cancelBooking(request.ctx, input);
      reply.code(isPending ? 202 : 200);
      return answerHibachi(ctx, reply, booking);
    });
  };

/** Replaces a UUID in the path by the code, so that successor link and idempotency scope name the booking by code. */
export async function nameByCode(ctx: Context, request: FastifyRequest): Promise<void> {
  const path = request.params as { code?: string };
  if (path.code === undefined) return;
  const { code } = await findCallersBooking(ctx, request, path.code);
  setPathParameter(request, 'code', code);
}

/** Sends the booking in My Hibachi's format, with its version as ETag. */
export async function answerHibachi(
  ctx: Context,
  reply: FastifyReply,
  booking: BookingSnapshot,
): Promise<HibachiBooking> {
  sendVersion(reply, booking.version);
  return viewHibachi(booking, (await listCustomerIds(ctx, [booking.id])).get(booking.id) ?? null);
}
