import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { guestOf } from '../../http/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { getBooking } from '../../services/booking/get-booking.ts';
import { ICALENDAR_TYPE, icalendarView, viewBookingCalendar } from '../views/time/icalendar.ts';

const download = operation({
  summary: 'The booking as a file for the guest’s own calendar',
  description: 'A stay by its dates, an appointment by its time. A later copy replaces an earlier one.',
  tag: 'Guest',
  capability: 'VIEW',
  answers: { 200: icalendarView },
});

export const guestCalendarRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/booking/calendar.ics', download, async (request, reply) => {
      const { propertyId, bookingCode: code } = guestOf(request);
      const booking = await getBooking(contextOf(ctx, request), { propertyId, code });
      reply.header('cache-control', 'private, no-store').type(ICALENDAR_TYPE);
      reply.header('content-disposition', `attachment; filename="${code}.ics"`);
      return viewBookingCalendar(booking);
    });
  };
