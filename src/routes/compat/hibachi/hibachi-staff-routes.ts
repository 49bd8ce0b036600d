import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_STATUSES, isCalledOff } from '../../../domain/booking-status.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch } from '../../../http/contract/etag.ts';
import { plainDate } from '../../../http/contract/fields.ts';
import { operation, withOperationId } from '../../../http/contract/operation.ts';
import { pageQuery, readCursor, encodeCursor } from '../../../http/contract/paging.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { listBookings } from '../../../services/desk/list/list-bookings.ts';
import type { BookingFilter } from '../../../services/desk/list/list-bookings.ts';
import { listCustomerIds } from '../../../services/desk/list/list-customer-ids.ts';
import { getToday } from '../../../services/catalogue/property/get-today.ts';
import { readDashboard } from '../../../services/desk/report/read-dashboard.ts';
import { lastOfMonth } from '../../shapes/fields/calendar-month.ts';
import { RESCHEDULE_ERRORS } from '../../shapes/fields/reschedule-fields.ts';
import { changeParty } from './hibachi-change.ts';
import { hibachiChange, hibachiMonth, hibachiWeek, monthOf } from './hibachi-fields.ts';
import { answerHibachi, hibachiParams, nameByCode } from './hibachi-own-routes.ts';
import { exampleDashboard, hibachiDashboard, viewDashboard } from './hibachi-dashboard-view.ts';
import { exampleHibachi, HIBACHI_STATUSES, hibachiView, statusesBehind, viewHibachi } from './hibachi-view.ts';
import { orEmpty, emptyToUndefined } from '../hotelmate/hotelmate-fields.ts';
import { looseCode } from '../fields/start-fields.ts';

const CANONICAL = '/api/v1/staff/properties/:slug';
/** Exceeds the parties of one caterer in a month. */
const MAX_PARTIES = 1_000;
const TAKES_PLACE = BOOKING_STATUSES.filter((status) => !isCalledOff(status));

const list = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    id: 'hibachiListBookings',
    summary: 'Lists parties, the latest booking first',
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

/** Builds the contract of a calendar; calendars differ in their query. */
function calendar<Query extends z.ZodType>({
  id,
  summary,
  successor,
  query,
}: {
  readonly id: string;
  readonly summary: string;
  readonly successor: string;
  readonly query: Query;
}) {
  return supersededBy(
    `${CANONICAL}/calendar/${successor}`,
    operation({
      id,
      summary,
      query,
      description: 'Cancelled, declined and unpaid parties are left out.',
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
const weekly = calendar({
  id: 'hibachiGetWeek',
  summary: 'Lists the parties of seven days',
  successor: 'week',
  query: hibachiWeek,
});
const monthly = calendar({
  id: 'hibachiGetMonth',
  summary: 'Lists the parties of a month',
  successor: 'month',
  query: hibachiMonth,
});

const dashboard = supersededBy(
  `${CANONICAL}/bookings`,
  operation({
    id: 'hibachiGetDashboard',
    summary: 'Reads the dashboard: today’s parties, open approvals and money',
    tag: 'My Hibachi',
    permission: 'bookings.read',
    answers: { 200: hibachiDashboard.meta({ examples: [exampleDashboard] }) },
  }),
);

const change = supersededBy(
  `${CANONICAL}/bookings/:code/reschedule`,
  operation({
    id: 'hibachiUpdateBooking',
    summary: 'Changes a party: its time, station, guests, address, zone and status',
    description:
      'Takes the whole booking or a part. All differences are applied together at today’s prices, or none. ' +
      'Amounts are computed and cannot be set. CONFIRMED approves; COMPLETED needs a paid balance.',
    tag: 'My Hibachi',
    permission: 'bookings.change',
    params: hibachiParams,
    body: hibachiChange,
    answers: { 200: hibachiView, 202: hibachiView.describe('The payment gateway has not confirmed the outcome yet.') },
    errors: ['version_conflict', 'authorization_lapsed', 'balance_due', 'too_early', 'too_late', ...RESCHEDULE_ERRORS],
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

    /** Lists the parties a filter matches, by start. */
    const listParties = async (request: FastifyRequest, filter: BookingFilter & { from: string; to: string }) => {
      const { propertyId } = staffOf(request);
      const scoped = request.ctx;
      const { items } = await listBookings(scoped, {
        propertyId,
        sort: 'startsAt',
        limit: MAX_PARTIES,
        after: null,
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
      const wanted = emptyToUndefined(status);
      const filter = {
        from,
        to,
        provider: emptyToUndefined(station),
        kind: 'APPOINTMENT' as const,
        status: wanted && statusesBehind(wanted),
      };
      const scoped = request.ctx;
      const query = { propertyId, filter, sort: '-createdAt' as const, limit, after: readCursor(cursor) };
      const page = await listBookings(scoped, query);
      const ids = await listCustomerIds(
        scoped,
        page.items.map(({ id }) => id),
      );
      const bookings = page.items.map((booking) => viewHibachi(booking, ids.get(booking.id) ?? null));
      return { bookings, next_cursor: encodeCursor(page.next) };
    });

    for (const [prefix, suffix] of [
      ['/v1/bookings/admin', ''],
      ['/admin', 'Alias'],
    ] as const) {
      app.get(`${prefix}/weekly`, withOperationId(weekly, `hibachiGetWeek${suffix}`), async (request) => {
        const { start, start_date: other, station_id: station } = request.query;
        const from = start ?? other ?? (await todayOf(request));
        return listParties(request, { from, to: addDays(from, 6), provider: emptyToUndefined(station) });
      });

      app.get(`${prefix}/monthly`, withOperationId(monthly, `hibachiGetMonth${suffix}`), async (request) => {
        const month = monthOf(request.query, await todayOf(request));
        const provider = emptyToUndefined(request.query.station_id);
        return listParties(request, { from: `${month}-01`, to: lastOfMonth(month), provider });
      });
    }

    app.get('/v1/bookings/stats/dashboard', dashboard, async (request) => {
      const { propertyId } = staffOf(request);
      const read = await readDashboard(request.ctx, { propertyId, kind: 'APPOINTMENT' });
      const { bookings } = await listParties(request, { from: read.today, to: read.today });
      return viewDashboard(read, bookings);
    });

    for (const [method, url, id] of [
      ['PUT', '/v1/bookings/:code', 'hibachiUpdateBooking'],
      ['PATCH', '/v1/bookings/admin/:code', 'hibachiUpdateBookingByPatch'],
    ] as const) {
      app.route({
        method,
        url,
        ...withOperationId(change, id),
        handler: async (request, reply) => {
          const { propertyId, role } = staffOf(request);
          const { code } = request.params;
          const scoped = request.ctx;
          const { body } = request;
          const booking = await getBooking(scoped, { propertyId, code });
          const current = viewHibachi(booking, (await listCustomerIds(scoped, [booking.id])).get(booking.id) ?? null);
          const target = { propertyId, code, ifVersion: readVersion(request, body.version) };
          const changed = await changeParty(scoped, { target, role, booking, current, body });
          reply.code(changed?.isPending === true ? 202 : 200);
          return answerHibachi(scoped, reply, changed?.booking ?? booking);
        },
      });
    }
  };

/** Reads the expected version from If-Match or, as My Hibachi sends, from the body. */
function readVersion(request: FastifyRequest, fromBody: number | undefined): number | null {
  const fromHeader = readIfMatch(request);
  if (fromHeader !== null && fromBody !== undefined && fromHeader !== fromBody) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'version', message: 'must equal the version in If-Match' }],
    });
  }
  return fromHeader ?? fromBody ?? null;
}
