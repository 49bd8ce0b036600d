import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { plainDate, searchText, slug } from '../../../http/contract/fields.ts';
import { setPathParameter } from '../../../http/request-context.ts';
import { operation, withOperationId } from '../../../http/contract/operation.ts';
import { pageQuery, readCursor, encodeCursor } from '../../../http/contract/paging.ts';
import type { BookingActionInput } from '../../../services/core/booking/act-on-booking.ts';
import { findBookingCode } from '../../../services/core/booking/find-booking-code.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { listBookings } from '../../../services/desk/list/list-bookings.ts';
import { listTodaysStays } from '../../../services/desk/list/list-todays-stays.ts';
import { approveBooking } from '../../../services/desk/decision/approve-booking.ts';
import { cancelBooking } from '../../../services/desk/decision/cancel-booking.ts';
import type { GatewayAction } from '../../../services/money/gateway/act-with-gateway.ts';
import {
  exampleHotelmateHousekeeping,
  hotelmateHousekeepingView,
  hotelmateStaffBookingView,
  viewHotelmateHousekeeping,
  viewHotelmateStaffBooking,
} from './hotelmate-booking-view.ts';
import { exampleHotelmateStaffBooking } from './hotelmate-example.ts';
import { bookingName, hotelmateCancellation, orEmpty, emptyToUndefined } from './hotelmate-fields.ts';

const CANONICAL = '/api/v1/staff/properties/:slug/bookings';
const params = z.object({ slug, code: bookingName });
const statuses = z
  .string()
  .transform((value) => value.toUpperCase().split(','))
  .pipe(z.array(z.enum(BOOKING_STATUSES)));
const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), next_cursor: z.string().nullable() });

const list = supersededBy(
  CANONICAL,
  operation({
    id: 'hotelmateListBookings',
    summary: 'Lists stays of the property, the latest booking first',
    description: 'Housekeeping sees only today’s stays, without contacts and money, and may not search by `q`.',
    tag: 'HotelMate',
    permission: 'bookings.list',
    params: z.object({ slug }),
    query: z.strictObject({
      status: orEmpty(statuses).describe('One status or several, separated by commas.'),
      start_date: orEmpty(plainDate).describe('Stays on this date or later.'),
      end_date: orEmpty(plainDate).describe('Stays on this date or earlier.'),
      q: orEmpty(searchText).describe(
        'The beginning of a code, an email address or a name, or a complete telephone number.',
      ),
      ...pageQuery,
    }),
    answers: {
      200: z.union([pageOf(hotelmateStaffBookingView), pageOf(hotelmateHousekeepingView)]).meta({
        examples: [exampleHotelmateStaffBooking, exampleHotelmateHousekeeping].map((booking) => {
          return { results: [booking], next_cursor: null };
        }),
      }),
    },
  }),
);

const get = supersededBy(
  `${CANONICAL}/:code`,
  operation({
    id: 'hotelmateGetBooking',
    summary: 'Reads one stay as staff see the stay',
    tag: 'HotelMate',
    permission: 'bookings.read',
    params,
    answers: { 200: hotelmateStaffBookingView },
  }),
);

function action<Body extends z.ZodType>(spec: {
  readonly id: string;
  readonly summary: string;
  readonly canonical: string;
  readonly permission: Permission;
  readonly body: Body;
  readonly errors: readonly ErrorCode[];
}) {
  const { id, summary, permission, body } = spec;
  return supersededBy(
    `${CANONICAL}/:code/${spec.canonical}`,
    operation({
      id,
      summary,
      permission,
      body,
      params,
      tag: 'HotelMate',
      answers: {
        200: hotelmateStaffBookingView,
        202: hotelmateStaffBookingView.describe(
          'The payment gateway has not confirmed the outcome yet; the booking is unchanged.',
        ),
      },
      errors: ['version_conflict', 'invalid_transition', 'payment_in_progress', ...spec.errors],
      isIdempotent: true,
      isVersioned: true,
    }),
  );
}

const confirm = action({
  id: 'hotelmateConfirmBooking',
  summary: 'Approves a stay that waits for approval',
  canonical: 'approve',
  permission: 'bookings.approve',
  body: z.strictObject({}).meta({ examples: [{}] }),
  errors: ['too_late', 'authorization_lapsed'],
});

const cancel = action({
  id: 'hotelmateCancelBooking',
  summary: 'Cancels a stay',
  canonical: 'cancel',
  permission: 'bookings.cancel',
  body: hotelmateCancellation,
  errors: [],
});

/** Reads the booking and the If-Match version from the request. */
function targetOf(request: FastifyRequest): BookingActionInput {
  const { propertyId } = staffOf(request);
  return { propertyId, code: (request.params as { code: string }).code, ifVersion: readIfMatch(request) };
}

/** Responds with 202 while the outcome at the payment gateway is unknown. */
function respond(reply: FastifyReply, { booking, isPending }: GatewayAction) {
  reply.code(isPending ? 202 : 200);
  sendVersion(reply, booking.version);
  return viewHotelmateStaffBooking(booking);
}

export const hotelmateStaffRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    // Replaces a UUID by the code, so that the successor link and the idempotency scope name the booking by code.
    app.addHook('preHandler', async (request) => {
      const path = request.params as { code?: string };
      if (path.code === undefined) return;
      const { propertyId } = staffOf(request);
      const code = await findBookingCode(ctx, { propertyId, kind: 'STAY', name: path.code });
      if (code === null) throw new AppError('not_found', { detail: `There is no booking ${path.code} here.` });
      setPathParameter(request, 'code', code);
    });

    app.get('/', list, async (request) => {
      const { propertyId, role } = staffOf(request);
      const { status, start_date: from, end_date: to, q, limit, cursor } = request.query;
      const filter = {
        status: emptyToUndefined(status),
        from: emptyToUndefined(from),
        to: emptyToUndefined(to),
        q: emptyToUndefined(q),
        kind: 'STAY' as const,
      };
      const query = { propertyId, filter, sort: '-createdAt' as const, limit, after: readCursor(cursor) };
      const scoped = request.ctx;
      if (role === 'HOUSEKEEPING') {
        // A prefix search over email addresses would reveal the address letter by letter.
        if (filter.q !== undefined) throw new AppError('forbidden', { detail: 'Housekeeping may not search by "q".' });
        const page = await listTodaysStays(scoped, query);
        return { results: page.items.map(viewHotelmateHousekeeping), next_cursor: encodeCursor(page.next) };
      }
      const page = await listBookings(scoped, query);
      return { results: page.items.map(viewHotelmateStaffBooking), next_cursor: encodeCursor(page.next) };
    });

    app.get('/:code', get, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const booking = await getBooking(request.ctx, { propertyId, code: request.params.code });
      sendVersion(reply, booking.version);
      return viewHotelmateStaffBooking(booking);
    });

    // Some HotelMate clients send POST, others PATCH.
    for (const [method, suffix] of [
      ['POST', ''],
      ['PATCH', 'ByPatch'],
    ] as const) {
      app.route({
        method,
        url: '/:code/confirm',
        ...withOperationId(confirm, `hotelmateConfirmBooking${suffix}`),
        handler: async (request, reply) => respond(reply, await approveBooking(request.ctx, targetOf(request))),
      });

      app.route({
        method,
        url: '/:code/cancel',
        ...withOperationId(cancel, `hotelmateCancelBooking${suffix}`),
        handler: async (request, reply) => {
          const { reason, cancellation_reason: other } = request.body;
          const input = { ...targetOf(request), reason: emptyToUndefined(reason) ?? emptyToUndefined(other) ?? null };
          return respond(reply, await cancelBooking(request.ctx, input));
        },
      });
    }
  };
