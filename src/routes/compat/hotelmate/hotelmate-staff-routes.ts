import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import type { ErrorCode } from '../../../errors.ts';
import { staffOf } from '../../../http/caller.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { plainDate, searchText, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageQuery, readCursor, spellCursor } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import type { BookingActionInput } from '../../../services/booking/act-on-booking.ts';
import { findBookingCode } from '../../../services/booking/find-booking-code.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { listBookings } from '../../../services/booking/list/list-bookings.ts';
import { listTodaysStays } from '../../../services/booking/list/list-todays-stays.ts';
import { approveBooking } from '../../../services/decision/approve-booking.ts';
import { cancelBooking } from '../../../services/decision/cancel-booking.ts';
import type { GatewayAction } from '../../../services/gateway/act-with-gateway.ts';
import {
  exampleHotelmateHousekeeping,
  hotelmateHousekeepingView,
  hotelmateStaffBookingView,
  viewHotelmateHousekeeping,
  viewHotelmateStaffBooking,
} from './hotelmate-booking-view.ts';
import { exampleHotelmateStaffBooking } from './hotelmate-example.ts';
import { bookingName, hotelmateCancellation, orEmpty, said } from './hotelmate-fields.ts';

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
    summary: 'Stays of the property, the latest booking first',
    description:
      'Housekeeping sees only the stays of today, and of those neither contacts nor money; it may not search by `q`.',
    tag: 'HotelMate',
    permission: 'bookings.list',
    params: z.object({ slug }),
    query: z.strictObject({
      status: orEmpty(statuses).describe('One status or several, separated by commas.'),
      start_date: orEmpty(plainDate).describe('Stays that touch this date or a later one.'),
      end_date: orEmpty(plainDate).describe('Stays that touch this date or an earlier one.'),
      q: orEmpty(searchText).describe('Beginning of a code, e-mail or name; or a whole telephone number.'),
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
    summary: 'One stay, with all that staff see of it',
    tag: 'HotelMate',
    permission: 'bookings.read',
    params,
    answers: { 200: hotelmateStaffBookingView },
  }),
);

function action<Body extends z.ZodType>(spec: {
  readonly summary: string;
  readonly canonical: string;
  readonly permission: Permission;
  readonly body: Body;
  readonly errors: readonly ErrorCode[];
}) {
  const { summary, permission, body } = spec;
  return supersededBy(
    `${CANONICAL}/:code/${spec.canonical}`,
    operation({
      ...{ summary, permission, body, params },
      tag: 'HotelMate',
      answers: {
        200: hotelmateStaffBookingView,
        202: hotelmateStaffBookingView.describe(
          'The gateway has not said yet how it ends; the booking is as it stands.',
        ),
      },
      errors: ['version_conflict', 'invalid_transition', 'payment_in_progress', ...spec.errors],
      isIdempotent: true,
      isVersioned: true,
    }),
  );
}

const confirm = action({
  summary: 'Accepts a stay that waits for approval',
  canonical: 'approve',
  permission: 'bookings.approve',
  body: z.strictObject({}).meta({ examples: [{}] }),
  errors: ['authorization_lapsed'],
});

const cancel = action({
  summary: 'Cancels a stay',
  canonical: 'cancel',
  permission: 'bookings.cancel',
  body: hotelmateCancellation,
  errors: [],
});

/** What the action is to be done to, by whom, and the version they have seen. */
function targetOf(request: FastifyRequest): BookingActionInput {
  const { propertyId, actor } = staffOf(request);
  return { propertyId, actor, code: (request.params as { code: string }).code, ifVersion: readIfMatch(request) };
}

/** 202 while the gateway has still to say how it ends. */
function answer(reply: FastifyReply, { booking, isPending }: GatewayAction) {
  reply.code(isPending ? 202 : 200);
  sendVersion(reply, booking.version);
  return viewHotelmateStaffBooking(booking);
}

export const hotelmateStaffRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);

    // From here on a booking goes by its code: in the canonical path that the answer names, and in what makes two
    // requests the same one.
    app.addHook('preHandler', async (request) => {
      const path = request.params as { code?: string };
      if (path.code === undefined) return;
      const { propertyId } = staffOf(request);
      const code = await findBookingCode(ctx, { propertyId, kind: 'STAY', name: path.code });
      if (code === null) throw new AppError('not_found', { detail: `There is no booking ${path.code} here.` });
      path.code = code;
    });

    app.get('/', list, async (request) => {
      const { propertyId, role } = staffOf(request);
      const { status, start_date: from, end_date: to, q, limit, cursor } = request.query;
      const filter = { status: said(status), from: said(from), to: said(to), q: said(q), kind: 'STAY' as const };
      const query = { propertyId, filter, sort: '-createdAt' as const, limit, after: readCursor(cursor) };
      const scoped = contextOf(ctx, request);
      if (role === 'HOUSEKEEPING') {
        // Whoever may search by the beginning of an e-mail can read it, letter by letter.
        if (filter.q !== undefined) throw new AppError('forbidden', { detail: 'Housekeeping does not search by "q".' });
        const page = await listTodaysStays(scoped, query);
        return { results: page.items.map(viewHotelmateHousekeeping), next_cursor: spellCursor(page.next) };
      }
      const page = await listBookings(scoped, query);
      return { results: page.items.map(viewHotelmateStaffBooking), next_cursor: spellCursor(page.next) };
    });

    app.get('/:code', get, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const booking = await getBooking(contextOf(ctx, request), { propertyId, code: request.params.code });
      sendVersion(reply, booking.version);
      return viewHotelmateStaffBooking(booking);
    });

    // HotelMate has both verbs, each for some of its clients.
    for (const method of ['POST', 'PATCH'] as const) {
      app.route({
        ...{ method, url: '/:code/confirm', ...confirm },
        handler: async (request, reply) =>
          answer(reply, await approveBooking(contextOf(ctx, request), targetOf(request))),
      });

      app.route({
        ...{ method, url: '/:code/cancel', ...cancel },
        handler: async (request, reply) => {
          const { reason, cancellation_reason: other } = request.body;
          const asked = { ...targetOf(request), reason: said(reason) ?? said(other) ?? null };
          return answer(reply, await cancelBooking(contextOf(ctx, request), asked));
        },
      });
    }
  };
