import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { bookingCode, roomNumber, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { assignRoom } from '../../../services/desk/room/assign-room.ts';
import { listAssignableRooms } from '../../../services/desk/room/list-assignable-rooms.ts';
import { unassignRoom } from '../../../services/desk/room/unassign-room.ts';
import { staffBookingView, viewStaffBooking } from '../../shapes/views/booking/booking.ts';
import { HOUSEKEEPING_STATUSES } from '../../../services/catalogue/room-type/room/room-details.ts';

const params = z.object({ slug, code: bookingCode });
const assignmentVersion = z
  .int()
  .min(0)
  .optional()
  .describe('The assignment version of the last read; a different version is a conflict.');

const assignable = operation({
  id: 'listAssignableRooms',
  summary: 'Lists the rooms that can be assigned to a stay',
  tag: 'Staff: rooms',
  permission: 'bookings.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: z
      .object({
        items: z.array(
          z.object({
            number: z.string(),
            roomType: z.string(),
            floor: z.int().nullable(),
            housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
          }),
        ),
        nextCursor: z.string().nullable(),
      })
      .meta({
        examples: [
          { items: [{ number: '501', roomType: 'SUITE', floor: 5, housekeepingStatus: 'CLEAN' }], nextCursor: null },
        ],
      }),
  },
});

const assign = operation({
  id: 'assignRoom',
  summary: 'Assigns a room to a stay',
  description: 'Of two concurrent assignments of one room, one fails with 409 `room_taken`.',
  tag: 'Staff: rooms',
  permission: 'rooms.assign',
  params,
  body: z
    .strictObject({ room: roomNumber, assignmentVersion })
    .meta({ examples: [{ room: '501', assignmentVersion: 0 }] }),
  answers: { 200: staffBookingView },
  errors: ['version_conflict', 'invalid_transition', 'room_taken', 'room_not_ready', 'wrong_room_type', 'past_time'],
  isIdempotent: true,
  isVersioned: true,
});

const unassign = operation({
  id: 'unassignRoom',
  summary: 'Removes the room from a stay',
  tag: 'Staff: rooms',
  permission: 'rooms.assign',
  params,
  body: z.strictObject({ assignmentVersion }).meta({ examples: [{}] }),
  answers: { 200: staffBookingView },
  errors: ['version_conflict', 'invalid_transition', 'room_required'],
  isIdempotent: true,
  isVersioned: true,
});

export const staffRoomAssignmentRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/bookings/:code/assignable-rooms', assignable, async (request) => {
      const { propertyId } = staffOf(request);
      const rooms = await listAssignableRooms(request.ctx, { propertyId, code: request.params.code });
      return slicePage(rooms, request.query);
    });

    app.post('/bookings/:code/assign-room', assign, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { room, assignmentVersion: seen = null } = request.body;
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const booking = await assignRoom(request.ctx, { ...target, room, assignmentVersion: seen });
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });

    app.post('/bookings/:code/unassign-room', unassign, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { assignmentVersion: seen = null } = request.body;
      const target = { propertyId, code: request.params.code, ifVersion: readIfMatch(request) };
      const booking = await unassignRoom(request.ctx, { ...target, assignmentVersion: seen });
      sendVersion(reply, booking.version);
      return viewStaffBooking(booking);
    });
  };
