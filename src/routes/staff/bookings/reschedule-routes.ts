import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { rescheduleBooking } from '../../../services/reschedule/reschedule-booking.ts';
import { swapBookings } from '../../../services/reschedule/swap-bookings.ts';
import { RESCHEDULE_ERRORS, staffRescheduleBody, toStaffDestination } from '../../fields/reschedule-fields.ts';
import { staffBookingView, viewStaffBooking } from '../../views/booking/booking.ts';
import { exampleStaffBooking } from '../../views/booking/booking-example.ts';

const params = z.object({ slug, code: bookingCode });

const reschedule = operation({
  summary: 'Moves a booking to another time or other nights, or an appointment to another party or address',
  description:
    'Staff may move at shorter notice, and place an appointment off the step. What is left out stays; all of it is changed, at ' +
    'the prices of today, or nothing.',
  tag: 'Staff: actions',
  permission: 'bookings.change',
  params,
  body: staffRescheduleBody,
  answers: {
    200: staffBookingView,
    202: staffBookingView.describe('The gateway has not said yet how a refund ends.'),
  },
  errors: ['version_conflict', ...RESCHEDULE_ERRORS],
  isIdempotent: true,
  isVersioned: true,
});

const swap = operation({
  summary: 'Lets two bookings change places',
  description:
    'Appointments exchange start and provider, stays of one room type their nights; prices stay as sold. Each provider ' +
    'must be at work for what comes to them.',
  tag: 'Staff: actions',
  permission: 'bookings.change',
  params,
  body: z.strictObject({ with: bookingCode }).meta({ examples: [{ with: 'BK-2027-0043' }] }),
  answers: {
    200: z
      .object({ items: z.array(staffBookingView) })
      .meta({ examples: [{ items: [exampleStaffBooking, exampleStaffBooking] }] }),
  },
  errors: [
    ...(['version_conflict', 'invalid_transition', 'payment_in_progress', 'slot_taken', 'sold_out'] as const),
    ...(['past_time', 'beyond_booking_window', 'outside_hours'] as const),
  ],
  isIdempotent: true,
  isVersioned: true,
});

export const staffRescheduleRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/bookings/:code/reschedule', reschedule, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, code: request.params.code, ifVersion: readIfMatch(request) };
      const to = toStaffDestination(request.body);
      const { booking, isPending } = await rescheduleBooking(contextOf(ctx, request), { ...target, to });
      reply.code(isPending ? 202 : 200);
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.post('/bookings/:code/swap', swap, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const target = { propertyId, actor, code: request.params.code, ifVersion: readIfMatch(request) };
      const both = await swapBookings(contextOf(ctx, request), { ...target, with: request.body.with });
      return { items: both.map(viewStaffBooking) };
    });
  };
