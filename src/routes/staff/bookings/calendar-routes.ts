import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, plainDate, roomNumber, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { listCalendar } from '../../../services/desk/calendar/list-calendar.ts';
import { calendarMonth, lastOfMonth } from '../../shapes/fields/calendar-month.ts';
import { calendarView, viewCalendar } from '../../shapes/views/time/calendar.ts';

const DAYS_PER_WEEK = 7;

/** Builds the contract of a calendar; calendars differ in the names of their dates. */
function calendar<Dates extends z.core.$ZodLooseShape>({
  id,
  summary,
  dates,
}: {
  readonly id: string;
  readonly summary: string;
  readonly dates: Dates;
}) {
  return operation({
    id,
    summary,
    description:
      'Dates are local to the property. A booking appears on every date of its stay, the day of departure included. ' +
      'Declined, cancelled and expired bookings are left out.',
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

const week = calendar({
  id: 'getCalendarWeek',
  summary: 'Lists the bookings of seven days',
  dates: { start: plainDate.describe('The first of the seven days, any weekday.') },
});
const month = calendar({
  id: 'getCalendarMonth',
  summary: 'Lists the bookings of a month',
  dates: { month: calendarMonth },
});
const day = calendar({ id: 'getCalendarDay', summary: 'Lists the bookings of one day', dates: { date: plainDate } });

export const staffCalendarRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/calendar/week', week, async (request) => {
      const { start, provider, room } = request.query;
      const query = { ...staffOf(request), ...daysFrom(start, DAYS_PER_WEEK), provider, room };
      return viewCalendar(await listCalendar(request.ctx, query));
    });

    app.get('/calendar/month', month, async (request) => {
      const { month: name, provider, room } = request.query;
      const query = { ...staffOf(request), from: `${name}-01`, to: lastOfMonth(name), provider, room };
      return viewCalendar(await listCalendar(request.ctx, query));
    });

    app.get('/calendar/day', day, async (request) => {
      const { date, provider, room } = request.query;
      const query = { ...staffOf(request), ...daysFrom(date, 1), provider, room };
      return viewCalendar(await listCalendar(request.ctx, query));
    });
  };

function daysFrom(from: PlainDate, days: number): { from: PlainDate; to: PlainDate } {
  return { from, to: addDays(from, days - 1) };
}
