import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { BOOKING_SOURCES } from '../../../domain/booking/booking.ts';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { STAFF_PAYMENTS } from '../../../domain/booking/first-status.ts';
import { AppError } from '../../../errors.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, catalogueCode, plainDate, roomNumber, searchText, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, slicePage, encodeCursor } from '../../../http/contract/paging.ts';
import { createBooking } from '../../../services/selling/new-booking/create-booking.ts';
import { getBookingHistory } from '../../../services/core/booking/get-booking-history.ts';
import { getBooking } from '../../../services/core/booking/get-booking.ts';
import { BOOKING_SORTS, listBookings } from '../../../services/desk/list/list-bookings.ts';
import { listTodaysStays } from '../../../services/desk/list/list-todays-stays.ts';
import { BOOKING_ERRORS } from '../../shapes/fields/booking-errors.ts';
import {
  assumeStay,
  exampleNewAppointment,
  exampleNewBooking,
  guestAtHandFields,
  newAppointmentFields,
  newStayFields,
  toNewAppointmentBooking,
  toNewStayBooking,
} from '../../shapes/fields/new-booking.ts';
import { checkNights } from '../../shapes/fields/stay-fields.ts';
import { staffBookingView, viewStaffBooking } from '../../shapes/views/booking/booking.ts';
import { exampleStaffBooking } from '../../shapes/views/booking/booking-example.ts';
import { createdStaffBookingView, viewCreatedStaffBooking } from '../../shapes/views/booking/created-booking.ts';
import { historyView, viewHistory } from '../../shapes/views/booking/history.ts';
import {
  exampleStayForHousekeeping,
  stayForHousekeeping,
  viewStayForHousekeeping,
} from '../../shapes/views/booking/stay-for-housekeeping.ts';

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
  id: 'listBookings',
  summary: 'Lists bookings of the property, filtered and sorted',
  description:
    'Ranges are local dates of the property, inclusive. Housekeeping sees only today’s stays, without contacts and money, and may not search by `q`.',
  tag: 'Staff: bookings',
  permission: 'bookings.list',
  params,
  query: z.strictObject({
    status: statuses,
    kind: z.enum(BOOKING_KINDS).optional(),
    from: plainDate.optional().describe('Stays on this date or later.'),
    to: plainDate.optional(),
    createdFrom: plainDate.optional(),
    createdTo: plainDate.optional(),
    authorizedFrom: plainDate.optional().describe('Card authorizations on this date or later.'),
    authorizedTo: plainDate.optional(),
    room: roomNumber.optional(),
    roomType: catalogueCode.optional(),
    provider: catalogueCode.optional(),
    service: catalogueCode.optional(),
    source: z.enum(BOOKING_SOURCES).optional(),
    q: searchText
      .optional()
      .describe('The beginning of a code, an email address or a name, or a complete telephone number.'),
    sort: z
      .enum(BOOKING_SORTS)
      .default('-createdAt')
      .describe(
        'A minus sorts in descending order. `captureBefore` with `status=PENDING_APPROVAL` is the approval queue: earliest end of authorization first, bookings without authorization last.',
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
const exampleStaffFields = { source: 'PHONE', payment: 'ON_SITE' };

const create = operation({
  id: 'createStaffBooking',
  summary: 'Creates a booking for a guest on the telephone or at the front desk',
  description:
    'LINK: the guest pays online. ON_SITE: confirmed, payment at the front desk. WAIVED: confirmed, no payment.',
  tag: 'Staff: bookings',
  permission: 'bookings.create',
  params,
  body: z
    .discriminatedUnion('kind', [
      z.strictObject({ ...newStayFields, ...guestAtHandFields, ...staffFields }).superRefine(checkNights),
      z.strictObject({ ...newAppointmentFields, ...guestAtHandFields, ...staffFields }),
    ])
    .meta({ examples: [exampleNewBooking, exampleNewAppointment].map((body) => ({ ...body, ...exampleStaffFields })) }),
  answers: { 200: createdStaffBookingView.describe('Dry run: nothing was written.'), 201: createdStaffBookingView },
  errors: BOOKING_ERRORS,
  isIdempotent: true,
  booksByKind: true,
});

const get = operation({
  id: 'getBooking',
  summary: 'Reads a booking',
  tag: 'Staff: bookings',
  permission: 'bookings.read',
  params: bookingParams,
  answers: { 200: staffBookingView },
});

const history = operation({
  id: 'getBookingHistory',
  summary: 'Lists the history of a booking',
  tag: 'Staff: bookings',
  permission: 'bookings.read',
  params: bookingParams,
  query: z.strictObject(pageQuery),
  answers: { 200: historyView },
});

export const staffBookingRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    assumeStay(app);
    app.get('/bookings', list, async (request) => {
      const { propertyId, role } = staffOf(request);
      const { sort, limit, cursor, ...filter } = request.query;
      const query = { propertyId, filter, sort, limit, after: readCursor(cursor) };
      const scoped = request.ctx;
      if (role === 'HOUSEKEEPING') {
        // A prefix search over email addresses would reveal the address letter by letter.
        if (filter.q !== undefined) throw new AppError('forbidden', { detail: 'Housekeeping may not search by "q".' });
        const page = await listTodaysStays(scoped, query);
        return { items: page.items.map(viewStayForHousekeeping), nextCursor: encodeCursor(page.next) };
      }
      const page = await listBookings(scoped, query);
      return { items: page.items.map(viewStaffBooking), nextCursor: encodeCursor(page.next) };
    });

    app.post('/bookings', create, async (request, reply) => {
      const scoped = request.ctx;
      const { body } = request;
      const { source, payment } = body;
      const created = await createBooking(scoped, {
        ...(body.kind === 'STAY' ? toNewStayBooking(body) : toNewAppointmentBooking(body)),
        slug: request.params.slug,
        source,
        payment,
      });
      sendVersion(reply, created.booking.version);
      reply.code(scoped.request.isDryRun ? 200 : 201);
      return viewCreatedStaffBooking(scoped, created);
    });

    app.get('/bookings/:code', get, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const booking = await getBooking(request.ctx, { propertyId, code: request.params.code });
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.get('/bookings/:code/history', history, async (request) => {
      const { propertyId } = staffOf(request);
      const events = await getBookingHistory(request.ctx, { propertyId, code: request.params.code });
      return slicePage(viewHistory(events), request.query);
    });
  };
