import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, minorUnits, name, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeRoomType } from '../../../services/catalogue/room-type/change-room-type.ts';
import { createRoomType } from '../../../services/catalogue/room-type/create-room-type.ts';
import { listRoomTypes } from '../../../services/catalogue/room-type/list-room-types.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import { roomTypeView, viewRoomType } from '../../shapes/views/catalogue/property.ts';

const params = z.object({ slug });
const persons = z.int().min(1).max(18);

const fields = z.strictObject({
  name: name(100),
  description: text(2_000).nullable(),
  maxOccupancy: persons,
  baseOccupancy: persons.describe('Guests included in the nightly price.'),
  basePrice: minorUnits,
  discountedPrice: minorUnits.nullable(),
  extraAdultCharge: minorUnits,
  extraChildCharge: minorUnits,
  minStay: z.int().min(1).max(90),
  isActive: z.boolean(),
});

const list = operation({
  id: 'listRoomTypes',
  summary: 'Lists room types, inactive room types included',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(roomTypeView).meta({ examples: [{ items: roomTypeView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  id: 'createRoomType',
  summary: 'Adds a room type without rooms',
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
    .meta({ examples: [{ code: 'FAMILY', name: 'Family room', maxOccupancy: 5, baseOccupancy: 3, basePrice: 21900 }] }),
  answers: { 201: roomTypeView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  id: 'updateRoomType',
  summary: 'Changes a room type',
  description: 'Existing bookings keep their price.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: params.extend({ roomType: catalogueCode }),
  body: fields.partial().meta({ examples: [{ discountedPrice: 24900 }] }),
  answers: { 200: roomTypeView },
});

export const staffRoomTypeRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/room-types', list, async (request) => {
      const roomTypes = await listRoomTypes(request.ctx, staffOf(request).propertyId);
      return slicePage(roomTypes.map(viewRoomType), request.query);
    });

    app.post('/room-types', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const roomType = await createRoomType(request.ctx, { ...request.body, propertyId });
      reply.code(201);
      return viewRoomType(roomType);
    });

    app.patch('/room-types/:roomType', change, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, code: request.params.roomType, changes: dropAbsent(request.body) };
      const roomType = await changeRoomType(request.ctx, input);
      return viewRoomType(roomType);
    });
  };
