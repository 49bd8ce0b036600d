import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changeRoomType } from '../../../services/room-type/change-room-type.ts';
import { createRoomType } from '../../../services/room-type/create-room-type.ts';
import { listRoomTypes } from '../../../services/room-type/list-room-types.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import { roomTypeView, viewRoomType } from '../../views/catalogue/property.ts';

const params = z.object({ slug });
const persons = z.int().min(1).max(18);

const fields = z.strictObject({
  name: text(100),
  description: text(2_000).nullable(),
  maxOccupancy: persons,
  baseOccupancy: persons.describe('Persons the nightly price covers.'),
  basePrice: minorUnits,
  discountedPrice: minorUnits.nullable(),
  extraAdultCharge: minorUnits,
  extraChildCharge: minorUnits,
  minStay: z.int().min(1).max(90),
  isActive: z.boolean(),
});

const list = operation({
  summary: 'All room types, also those no longer sold',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(roomTypeView).meta({ examples: [{ items: roomTypeView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  summary: 'Adds a room type, with no rooms yet',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({
      code: catalogueCode,
      description: fields.shape.description.default(null),
      discountedPrice: fields.shape.discountedPrice.default(null),
      extraAdultCharge: minorUnits.default(0),
      extraChildCharge: minorUnits.default(0),
      minStay: fields.shape.minStay.default(1),
      isActive: z.boolean().default(true),
    })
    .refine(({ baseOccupancy, maxOccupancy }) => baseOccupancy <= maxOccupancy, {
      path: ['baseOccupancy'],
      message: 'must not exceed maxOccupancy',
    })
    .meta({ examples: [{ code: 'FAMILY', name: 'Family room', maxOccupancy: 5, baseOccupancy: 3, basePrice: 21900 }] }),
  answers: { 201: roomTypeView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  summary: 'Changes a room type',
  description: 'Bookings keep the price they were made at.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: params.extend({ roomType: catalogueCode }),
  body: fields.partial().meta({ examples: [{ discountedPrice: 24900 }] }),
  answers: { 200: roomTypeView },
});

export const staffRoomTypeRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/room-types', list, async (request) => {
      const roomTypes = await listRoomTypes(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(roomTypes.map(viewRoomType), request.query);
    });

    app.post('/room-types', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const roomType = await createRoomType(contextOf(ctx, request), { ...request.body, propertyId, actor });
      reply.code(201);
      return viewRoomType(roomType);
    });

    app.patch('/room-types/:roomType', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const input = { propertyId, actor, code: request.params.roomType, changes: dropAbsent(request.body) };
      const roomType = await changeRoomType(contextOf(ctx, request), input);
      return viewRoomType(roomType);
    });
  };
