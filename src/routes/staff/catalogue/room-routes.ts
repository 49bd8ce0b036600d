import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, plainDate, roomNumber, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeRoom } from '../../../services/catalogue/room-type/room/change-room.ts';
import { createRoom } from '../../../services/catalogue/room-type/room/create-room.ts';
import { listRooms } from '../../../services/catalogue/room-type/room/list-rooms.ts';
import { HOUSEKEEPING_STATUSES } from '../../../services/catalogue/room-type/room/room-details.ts';
import { roomView, viewRoom } from '../../shapes/views/catalogue/room.ts';

const params = z.object({ slug });
const MAX_OUT_OF_ORDER_DAYS = 400;

const list = operation({
  id: 'listRooms',
  summary: 'Lists rooms',
  tag: 'Staff: rooms',
  permission: 'rooms.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(roomView).meta({ examples: [{ items: roomView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  id: 'createRoom',
  summary: 'Adds a room',
  description: 'Adds one room to the inventory of every night from today.',
  tag: 'Staff: rooms',
  permission: 'catalogue.write',
  params,
  body: z
    .strictObject({ number: roomNumber, roomType: catalogueCode, floor: z.int().min(-20).max(200).optional() })
    .meta({ examples: [{ number: '503', roomType: 'SUITE', floor: 5 }] }),
  answers: { 201: roomView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  id: 'updateRoom',
  summary: 'Sets the housekeeping status of a room',
  description:
    'OUT_OF_ORDER needs `from` and `to` (excluded) and removes the room from the inventory of these nights. Any other ' +
    'status ends a current out-of-order block; a future block ends only with `lift`.',
  tag: 'Staff: rooms',
  permission: 'rooms.set-status',
  params: params.extend({ number: roomNumber }),
  body: z
    .strictObject({
      housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
      from: plainDate.optional(),
      to: plainDate.optional(),
      lift: z.boolean().default(false).describe('Ends the out-of-order block, a future block included.'),
    })
    .superRefine(({ housekeepingStatus, from, to, lift }, context) => {
      const hasRange = from !== undefined && to !== undefined;
      const needsRange = housekeepingStatus === 'OUT_OF_ORDER';
      if (needsRange && !hasRange) {
        context.addIssue({ code: 'custom', path: ['from'], message: 'must be sent with to for OUT_OF_ORDER' });
      } else if (!needsRange && (from !== undefined || to !== undefined)) {
        context.addIssue({ code: 'custom', path: ['from'], message: 'is allowed only for OUT_OF_ORDER, like to' });
      } else if (hasRange && (from >= to || countDays(from, to) > MAX_OUT_OF_ORDER_DAYS)) {
        context.addIssue({
          code: 'custom',
          path: ['to'],
          message: `must be 1 to ${String(MAX_OUT_OF_ORDER_DAYS)} days after from`,
        });
      }
      if (needsRange && lift) {
        context.addIssue({ code: 'custom', path: ['lift'], message: 'must not be true for OUT_OF_ORDER' });
      }
    })
    .meta({ examples: [{ housekeepingStatus: 'CLEAN' }] }),
  answers: { 200: roomView },
  errors: ['room_taken', 'inventory_in_use'],
});

export const staffRoomRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/rooms', list, async (request) => {
      const rooms = await listRooms(request.ctx, staffOf(request).propertyId);
      return slicePage(rooms.map(viewRoom), request.query);
    });

    app.post('/rooms', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { number, roomType, floor = null } = request.body;
      reply.code(201);
      return viewRoom(await createRoom(request.ctx, { propertyId, number, roomType, floor }));
    });

    app.patch('/rooms/:number', change, async (request) => {
      const { propertyId } = staffOf(request);
      const { housekeepingStatus, from, to, lift } = request.body;
      const block = from !== undefined && to !== undefined ? { from, to } : undefined;
      const outOfOrder = lift ? null : block;
      const { number } = request.params;
      return viewRoom(
        await changeRoom(request.ctx, {
          propertyId,
          number,
          housekeepingStatus,
          ...(outOfOrder !== undefined && { outOfOrder }),
        }),
      );
    });
  };
