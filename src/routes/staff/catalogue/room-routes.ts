import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, plainDate, roomNumber, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changeRoom } from '../../../services/room/change-room.ts';
import { createRoom } from '../../../services/room/create-room.ts';
import { listRooms } from '../../../services/room/list-rooms.ts';
import { HOUSEKEEPING_STATUSES, roomView, viewRoom } from '../../views/catalogue/room.ts';

const params = z.object({ slug });
const MAX_OUT_OF_ORDER_DAYS = 400;

const list = operation({
  summary: 'All rooms',
  tag: 'Staff: rooms',
  permission: 'rooms.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(roomView).meta({ examples: [{ items: roomView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  summary: 'Adds a room',
  description: 'There is one more to sell on every night from today on.',
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
  summary: 'Sets the housekeeping status of a room',
  description:
    'OUT_OF_ORDER needs `from` and `to` (excluded) and takes the room from the inventory of those nights. Any other status ends a ' +
    'block that is in force, and leaves one that is still to come unless `lift` is true.',
  tag: 'Staff: rooms',
  permission: 'rooms.set-status',
  params: params.extend({ number: roomNumber }),
  body: z
    .strictObject({
      housekeepingStatus: z.enum(HOUSEKEEPING_STATUSES),
      from: plainDate.optional(),
      to: plainDate.optional(),
      lift: z.boolean().default(false).describe('Ends an out-of-order block, also one that is still to come.'),
    })
    .superRefine(({ housekeepingStatus, from, to, lift }, context) => {
      const hasRange = from !== undefined && to !== undefined;
      const needsRange = housekeepingStatus === 'OUT_OF_ORDER';
      if (needsRange && !hasRange) {
        context.addIssue({ code: 'custom', path: ['from'], message: 'from and to are needed for OUT_OF_ORDER' });
      } else if (!needsRange && (from !== undefined || to !== undefined)) {
        context.addIssue({ code: 'custom', path: ['from'], message: 'from and to go with OUT_OF_ORDER only' });
      } else if (hasRange && (from >= to || countDays(from, to) > MAX_OUT_OF_ORDER_DAYS)) {
        context.addIssue({
          code: 'custom',
          path: ['to'],
          message: `must be 1 to ${String(MAX_OUT_OF_ORDER_DAYS)} days after from`,
        });
      }
      if (needsRange && lift) {
        context.addIssue({ code: 'custom', path: ['lift'], message: 'is the opposite of OUT_OF_ORDER' });
      }
    })
    .meta({ examples: [{ housekeepingStatus: 'CLEAN' }] }),
  answers: { 200: roomView },
  errors: ['room_taken', 'inventory_in_use'],
});

export const staffRoomRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/rooms', list, async (request) => {
      const rooms = await listRooms(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(rooms.map(viewRoom), request.query);
    });

    app.post('/rooms', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { number, roomType, floor = null } = request.body;
      reply.code(201);
      return viewRoom(await createRoom(contextOf(ctx, request), { propertyId, number, roomType, floor, actor }));
    });

    app.patch('/rooms/:number', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const { housekeepingStatus, from, to, lift } = request.body;
      const block = from !== undefined && to !== undefined ? { from, to } : undefined;
      const outOfOrder = lift ? null : block;
      const { number } = request.params;
      return viewRoom(
        await changeRoom(contextOf(ctx, request), {
          propertyId,
          number,
          housekeepingStatus,
          actor,
          ...(outOfOrder !== undefined && { outOfOrder }),
        }),
      );
    });
  };
