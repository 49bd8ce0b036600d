import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/access/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { getBooking } from '../../services/core/booking/get-booking.ts';
import { ICALENDAR_TYPE, icalendarView, viewBookingCalendar } from '../shapes/views/time/icalendar.ts';

const download = operation({
  id: 'downloadGuestCalendar',
  summary: 'Downloads the booking as an iCalendar file',
  description: 'A stay is an all-day event, an appointment a timed event. Importing a newer file updates the event.',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: icalendarView },
});

export const guestCalendarRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking/calendar.ics', download, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const booking = await getBooking(request.ctx, { propertyId, code });
      reply.header('cache-control', 'private, no-store').type(ICALENDAR_TYPE);
      reply.header('content-disposition', `attachment; filename="${code}.ics"`);
      return viewBookingCalendar(booking);
    });
  };
