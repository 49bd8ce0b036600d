import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, plainDate, roomNumber, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { listCalendar } from '../../../services/calendar/list-calendar.ts';
import { calendarMonth, lastOfMonth } from '../../fields/calendar-month.ts';
import { calendarView, viewCalendar } from '../../views/time/calendar.ts';

const DAYS_PER_WEEK = 7;

/** The contract of every calendar; they differ in how their dates are named. */
function calendar<Dates extends z.core.$ZodLooseShape>(summary: string, dates: Dates) {
  return operation({
    summary,
    description:
      'Dates are the property’s. A booking is on every date it touches, the day of departure included; those that were ' +
      'declined, cancelled or expired are left out.',
    tag: 'Staff: calendar',
    permission: 'bookings.read',
    params: z.object({ slug }),
    query: z.strictObject({
      ...dates,
      provider: catalogueCode.optional(),
      room: roomNumber.optional(),
    }),
    answers: { 200: calendarView },
  });
}

const week = calendar('Seven days of the calendar', {
  start: plainDate.describe('The first of the seven days, whatever weekday it is.'),
});
const month = calendar('A month of the calendar', { month: calendarMonth });
const day = calendar('One day of the calendar', { date: plainDate });

export const staffCalendarRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/calendar/week', week, async (request) => {
      const { start, provider, room } = request.query;
      const asked = { ...staffOf(request), ...daysFrom(start, DAYS_PER_WEEK), provider, room };
      return viewCalendar(await listCalendar(contextOf(ctx, request), asked));
    });

    app.get('/calendar/month', month, async (request) => {
      const { month: name, provider, room } = request.query;
      const asked = { ...staffOf(request), from: `${name}-01`, to: lastOfMonth(name), provider, room };
      return viewCalendar(await listCalendar(contextOf(ctx, request), asked));
    });

    app.get('/calendar/day', day, async (request) => {
      const { date, provider, room } = request.query;
      const asked = { ...staffOf(request), ...daysFrom(date, 1), provider, room };
      return viewCalendar(await listCalendar(contextOf(ctx, request), asked));
    });
  };

function daysFrom(from: PlainDate, days: number): { from: PlainDate; to: PlainDate } {
  return { from, to: addDays(from, days - 1) };
}
