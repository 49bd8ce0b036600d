import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_SOURCES } from '../../../domain/booking.ts';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { STAFF_PAYMENTS } from '../../../domain/first-status.ts';
import { AppError } from '../../../errors.ts';
import { staffOf } from '../../../http/caller.ts';
import { sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, catalogueCode, plainDate, roomNumber, searchText, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, slicePage, spellCursor } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { createBooking } from '../../../services/new-booking/create-booking.ts';
import { getBookingHistory } from '../../../services/booking/get-booking-history.ts';
import { getBooking } from '../../../services/booking/get-booking.ts';
import { BOOKING_SORTS, listBookings } from '../../../services/booking/list/list-bookings.ts';
import { listTodaysStays } from '../../../services/booking/list/list-todays-stays.ts';
import { BOOKING_ERRORS } from '../../fields/booking-errors.ts';
import {
  assumeStay,
  exampleNewAppointment,
  exampleNewBooking,
  newAppointmentFields,
  newStayFields,
  toNewAppointmentBooking,
  toNewStayBooking,
} from '../../fields/new-booking.ts';
import { checkNights } from '../../fields/stay-fields.ts';
import { staffBookingView, viewStaffBooking } from '../../views/booking/booking.ts';
import { exampleStaffBooking } from '../../views/booking/booking-example.ts';
import { createdStaffBookingView, viewCreatedStaffBooking } from '../../views/booking/created-booking.ts';
import { historyView, viewHistory } from '../../views/booking/history.ts';
import {
  exampleStayForHousekeeping,
  stayForHousekeeping,
  viewStayForHousekeeping,
} from '../../views/booking/stay-for-housekeeping.ts';

const params = z.object({ slug });
const bookingParams = z.object({ slug, code: bookingCode });
const STAFF_SOURCES = ['STAFF', 'PHONE', 'WALK_IN'] as const;
const statuses = z
  .string()
  .transform((value) => value.split(','))
  .pipe(z.array(z.enum(BOOKING_STATUSES)))
  .optional()
  .describe('One status or several, separated by commas.');

const list = operation({
  summary: 'Bookings of the property, filtered and sorted',
  description:
    'Ranges are dates of the property, both included. Housekeeping sees only the stays of today, and of those neither contacts nor money; it may not search by `q`.',
  tag: 'Staff: bookings',
  permission: 'bookings.list',
  params,
  query: z.strictObject({
    status: statuses,
    kind: z.enum(BOOKING_KINDS).optional(),
    from: plainDate.optional().describe('Stays that touch this date or a later one.'),
    to: plainDate.optional(),
    createdFrom: plainDate.optional(),
    createdTo: plainDate.optional(),
    authorizedFrom: plainDate.optional().describe('Cards authorized on this date or later.'),
    authorizedTo: plainDate.optional(),
    room: roomNumber.optional(),
    roomType: catalogueCode.optional(),
    provider: catalogueCode.optional(),
    service: catalogueCode.optional(),
    source: z.enum(BOOKING_SOURCES).optional(),
    q: searchText.optional().describe('Beginning of a code, e-mail or name; or a whole telephone number.'),
    sort: z
      .enum(BOOKING_SORTS)
      .default('-createdAt')
      .describe(
        'A minus sorts downwards. `captureBefore`, with `status=PENDING_APPROVAL`, is the approval queue: the authorization that lapses first comes first, bookings without one last.',
      ),
    ...pageQuery,
  }),
  answers: {
    200: z.union([pageOf(staffBookingView), pageOf(stayForHousekeeping)]).meta({
      examples: [exampleStaffBooking, exampleStayForHousekeeping].map((item) => ({
        items: [item],
        nextCursor: null,
      })),
    }),
  },
});

const staffFields = {
  source: z.enum(STAFF_SOURCES).default('STAFF'),
  payment: z.enum(STAFF_PAYMENTS).default('LINK'),
};
const exampleStaffSays = { source: 'PHONE', payment: 'ON_SITE' };

const create = operation({
  summary: 'Books for a guest on the telephone or at the desk',
  description:
    'LINK: the guest pays as on the website. ON_SITE: confirmed, to be paid at the desk. WAIVED: confirmed, nothing to pay.',
  tag: 'Staff: bookings',
  permission: 'bookings.create',
  params,
  body: z
    .discriminatedUnion('kind', [
      z.strictObject({ ...newStayFields, ...staffFields }).superRefine(checkNights),
      z.strictObject({ ...newAppointmentFields, ...staffFields }),
    ])
    .meta({ examples: [exampleNewBooking, exampleNewAppointment].map((body) => ({ ...body, ...exampleStaffSays })) }),
  answers: { 200: createdStaffBookingView.describe('A dry run: nothing was written.'), 201: createdStaffBookingView },
  errors: BOOKING_ERRORS,
  isIdempotent: true,
  booksByKind: true,
});

const get = operation({
  summary: 'One booking',
  tag: 'Staff: bookings',
  permission: 'bookings.read',
  params: bookingParams,
  answers: { 200: staffBookingView },
});

const history = operation({
  summary: 'Everything that was done to a booking',
  tag: 'Staff: bookings',
  permission: 'bookings.read',
  params: bookingParams,
  query: z.strictObject(pageQuery),
  answers: { 200: historyView },
});

export const staffBookingRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    app.get('/bookings', list, async (request) => {
      const { propertyId, role } = staffOf(request);
      const { sort, limit, cursor, ...filter } = request.query;
      const query = { propertyId, filter, sort, limit, after: readCursor(cursor) };
      const scoped = contextOf(ctx, request);
      if (role === 'HOUSEKEEPING') {
        // Whoever may search by the beginning of an e-mail can read it, letter by letter.
        if (filter.q !== undefined) throw new AppError('forbidden', { detail: 'Housekeeping does not search by "q".' });
        const page = await listTodaysStays(scoped, query);
        return { items: page.items.map(viewStayForHousekeeping), nextCursor: spellCursor(page.next) };
      }
      const page = await listBookings(scoped, query);
      return { items: page.items.map(viewStaffBooking), nextCursor: spellCursor(page.next) };
    });

    app.post('/bookings', create, async (request, reply) => {
      const scoped = contextOf(ctx, request);
      const { actor } = staffOf(request);
      const { body } = request;
      const { source, payment } = body;
      const created = await createBooking(scoped, {
        ...(body.kind === 'STAY' ? toNewStayBooking(body) : toNewAppointmentBooking(body)),
        ...{ slug: request.params.slug, source, payment, actor },
      });
      sendVersion(reply, created.booking.version);
      reply.code(scoped.request.isDryRun ? 200 : 201);
      return viewCreatedStaffBooking(scoped, created);
    });

    app.get('/bookings/:code', get, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const booking = await getBooking(contextOf(ctx, request), { propertyId, code: request.params.code });
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.get('/bookings/:code/history', history, async (request) => {
      const { propertyId } = staffOf(request);
      const events = await getBookingHistory(contextOf(ctx, request), { propertyId, code: request.params.code });
      return slicePage(viewHistory(events), request.query);
    });
  };
