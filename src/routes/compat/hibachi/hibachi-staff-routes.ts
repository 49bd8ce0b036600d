import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { staffOf } from '../../../http/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch } from '../../../http/contract/etag.ts';
import { plainDate } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageQuery, readCursor, spellCursor } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { listBookings } from '../../../services/booking/list/list-bookings.ts';
import type { BookingFilter } from '../../../services/booking/list/list-bookings.ts';
import { listCustomerIds } from '../../../services/booking/list/list-customer-ids.ts';
import { getToday } from '../../../services/property/get-today.ts';
import { readDashboard } from '../../../services/property/read-dashboard.ts';
import { lastOfMonth } from '../../fields/calendar-month.ts';
import { RESCHEDULE_ERRORS } from '../../fields/reschedule-fields.ts';
import { changeParty } from './hibachi-change.ts';
import { hibachiChange, hibachiMonth, hibachiWeek, monthOf } from './hibachi-fields.ts';
import { answerHibachi, hibachiParams, nameByCode } from './hibachi-own-routes.ts';
import { exampleDashboard, hibachiDashboard, viewDashboard } from './hibachi-dashboard-view.ts';
import { exampleHibachi, HIBACHI_STATUSES, hibachiView, statusesBehind, viewHibachi } from './hibachi-view.ts';
import { orEmpty, said } from '../hotelmate/hotelmate-fields.ts';
import { looseCode } from '../start-fields.ts';

const CANONICAL = '/api/v1/staff/properties/:slug';
/** More than all stations of a caterer do in a month. */
const MAX_PARTIES = 1_000;
const TAKES_PLACE = BOOKING_STATUSES.filter((status) => !['DECLINED', 'CANCELLED', 'EXPIRED'].includes(status));

const list = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    summary: 'Parties, the latest booking first',
    tag: 'My Hibachi',
    permission: 'bookings.read',
    query: z.strictObject({
      status: orEmpty(z.enum(HIBACHI_STATUSES)),
      from: plainDate.optional(),
      to: plainDate.optional().describe('Included.'),
      station_id: orEmpty(looseCode),
      ...pageQuery,
    }),
    answers: {
      200: z
        .object({ bookings: z.array(hibachiView), next_cursor: z.string().nullable() })
        .meta({ examples: [{ bookings: [exampleHibachi], next_cursor: null }] }),
    },
  }),
);

function calendar<Query extends z.ZodType>(summary: string, successor: string, query: Query) {
  return supersededBy(
    `${CANONICAL}/calendar/${successor}`,
    operation({
      ...{ summary, query },
      description: 'Without those that were cancelled or declined, or that nobody paid for.',
      tag: 'My Hibachi',
      permission: 'bookings.read',
      answers: {
        200: z
          .object({ from: z.string(), to: z.string(), total_guests: z.int(), bookings: z.array(hibachiView) })
          .meta({ examples: [{ from: '2027-05-14', to: '2027-05-20', total_guests: 12, bookings: [exampleHibachi] }] }),
      },
    }),
  );
}
const weekly = calendar('Seven days of parties', 'week', hibachiWeek);
const monthly = calendar('A month of parties', 'month', hibachiMonth);

const dashboard = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    summary: 'What the desk looks at first: today’s parties, what waits for it, and money',
    tag: 'My Hibachi',
    permission: 'bookings.read',
    answers: { 200: hibachiDashboard.meta({ examples: [exampleDashboard] }) },
  }),
);

const change = supersededBy(
  `${CANONICAL}/bookings/:code/reschedule`,
  operation({
    summary: 'Changes a party: its time, station, guests, address, zone and status',
    description:
      'The whole booking or a part of it. All by which it differs is changed at once, at the prices of today, or nothing ' +
      'is. Amounts follow and can’t be said; CONFIRMED approves, COMPLETED needs the balance to be settled.',
    tag: 'My Hibachi',
    permission: 'bookings.change',
    params: hibachiParams,
    body: hibachiChange,
    answers: { 200: hibachiView, 202: hibachiView.describe('The gateway has not said yet how it ends.') },
    errors: ['version_conflict', 'authorization_lapsed', 'balance_due', 'too_early', ...RESCHEDULE_ERRORS],
    isIdempotent: true,
    isVersioned: true,
  }),
);

export const hibachiStaffRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    app.addHook('preHandler', async (request) => {
      await nameByCode(ctx, request);
    });

    /** The parties that a filter leaves, in order of their start. */
    const listParties = async (request: FastifyRequest, filter: BookingFilter & { from: string; to: string }) => {
      const { propertyId } = staffOf(request);
      const scoped = contextOf(ctx, request);
      const { items } = await listBookings(scoped, {
        ...{ propertyId, sort: 'startsAt', limit: MAX_PARTIES, after: null },
        filter: { ...filter, kind: 'APPOINTMENT', status: TAKES_PLACE },
      });
      const ids = await listCustomerIds(
        scoped,
        items.map(({ id }) => id),
      );
      const bookings = items.map((booking) => viewHibachi(booking, ids.get(booking.id) ?? null));
      const total = bookings.reduce((sum, { total_guests: guests }) => sum + guests, 0);
      return { from: filter.from, to: filter.to, total_guests: total, bookings };
    };
    const todayOf = (request: FastifyRequest) => getToday(ctx, staffOf(request).propertyId);

    app.get('/v1/bookings', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { status, from, to, station_id: station, limit, cursor } = request.query;
      const wanted = said(status);
      const filter = {
        ...{ from, to, provider: said(station), kind: 'APPOINTMENT' as const },
        status: wanted && statusesBehind(wanted),
      };
      const scoped = contextOf(ctx, request);
      const query = { propertyId, filter, sort: '-createdAt' as const, limit, after: readCursor(cursor) };
      const page = await listBookings(scoped, query);
      const ids = await listCustomerIds(
        scoped,
        page.items.map(({ id }) => id),
      );
      const bookings = page.items.map((booking) => viewHibachi(booking, ids.get(booking.id) ?? null));
      return { bookings, next_cursor: spellCursor(page.next) };
    });

    for (const prefix of ['/v1/bookings/admin', '/admin']) {
      app.get(`${prefix}/weekly`, weekly, async (request) => {
        const { start, start_date: other, station_id: station } = request.query;
        const from = start ?? other ?? (await todayOf(request));
        return listParties(request, { from, to: addDays(from, 6), provider: said(station) });
      });

      app.get(`${prefix}/monthly`, monthly, async (request) => {
        const month = monthOf(request.query, await todayOf(request));
        const provider = said(request.query.station_id);
        return listParties(request, { from: `${month}-01`, to: lastOfMonth(month), provider });
      });
    }

    app.get('/v1/bookings/stats/dashboard', dashboard, async (request) => {
      const { propertyId } = staffOf(request);
      const read = await readDashboard(contextOf(ctx, request), { propertyId, kind: 'APPOINTMENT' });
      const { bookings } = await listParties(request, { from: read.today, to: read.today });
      return viewDashboard(read, bookings);
    });

    for (const [method, url] of [
      ['PUT', '/v1/bookings/:code'],
      ['PATCH', '/v1/bookings/admin/:code'],
    ] as const) {
      app.route({
        ...{ method, url, ...change },
        handler: async (request, reply) => {
          const { propertyId, actor, role } = staffOf(request);
          const { code } = request.params;
          const scoped = contextOf(ctx, request);
          const { body } = request;
          const now = await getBooking(scoped, { propertyId, code });
          const seen = viewHibachi(now, (await listCustomerIds(scoped, [now.id])).get(now.id) ?? null);
          const target = { propertyId, actor, code, ifVersion: readVersion(request, body.version) };
          const changed = await changeParty(scoped, { target, role, booking: now, seen, body });
          reply.code(changed?.isPending === true ? 202 : 200);
          return answerHibachi(scoped, reply, changed?.booking ?? now);
        },
      });
    }
  };

/** The version the caller has seen, from the header or, as My Hibachi had it, from the body. */
function readVersion(request: FastifyRequest, said: number | undefined): number | null {
  const fromHeader = readIfMatch(request);
  if (fromHeader !== null && said !== undefined && fromHeader !== said) {
    throw new AppError('validation_failed', { errors: [{ path: 'version', message: 'is not that of If-Match' }] });
  }
  return fromHeader ?? said ?? null;
}
