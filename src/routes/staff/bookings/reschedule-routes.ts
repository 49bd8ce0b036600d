import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { rescheduleBooking } from '../../../services/desk/reschedule/reschedule-booking.ts';
import { swapBookings } from '../../../services/desk/reschedule/swap-bookings.ts';
import { RESCHEDULE_ERRORS, staffRescheduleBody, toStaffDestination } from '../../shapes/fields/reschedule-fields.ts';
import { staffBookingView, viewStaffBooking } from '../../shapes/views/booking/booking.ts';
import { exampleStaffBooking } from '../../shapes/views/booking/booking-example.ts';

const params = z.object({ slug, code: bookingCode });

const reschedule = operation({
  id: 'rescheduleBooking',
  summary: 'Reschedules a booking, or changes party or address of an appointment',
  description:
    'Staff may ignore the notice period and the slot step. Absent members stay unchanged. All changes are applied ' +
    'together at today’s prices, or none.',
  tag: 'Staff: actions',
  permission: 'bookings.change',
  params,
  body: staffRescheduleBody,
  answers: {
    200: staffBookingView,
    202: staffBookingView.describe('The payment gateway has not confirmed the refund yet.'),
  },
  errors: ['version_conflict', ...RESCHEDULE_ERRORS],
  isIdempotent: true,
  isVersioned: true,
});

const swap = operation({
  id: 'swapBookings',
  summary: 'Swaps two bookings',
  description:
    'Appointments exchange start and provider; stays of one room type exchange nights. Prices stay unchanged. Each ' +
    'provider must work at the new time.',
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
    'version_conflict',
    'invalid_transition',
    'payment_in_progress',
    'slot_taken',
    'sold_out',
    'past_time',
    'beyond_booking_window',
    'outside_hours',
  ],
  isIdempotent: true,
  isVersioned: true,
});

export const staffRescheduleRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/bookings/:code/reschedule', reschedule, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const to = toStaffDestination(request.body);
      const { booking, isPending } = await rescheduleBooking(request.ctx, { ...target, to });
      reply.code(isPending ? 202 : 200);
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.post('/bookings/:code/swap', swap, async (request) => {
      const { propertyId } = staffOf(request);
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const both = await swapBookings(request.ctx, { ...target, with: request.body.with });
      return { items: both.map(viewStaffBooking) };
    });
  };
