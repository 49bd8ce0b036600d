import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, minorUnits, plainDate, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { listInventory } from '../../../services/inventory/list-inventory.ts';
import { setInventory } from '../../../services/inventory/set-inventory.ts';

const params = z.object({ slug });
const MAX_DAYS = 400;
const isRange = ({ from, to }: { from: string; to: string }) => from < to && countDays(from, to) <= MAX_DAYS;
const rangeRule = { path: ['to'], message: `must be 1 to ${String(MAX_DAYS)} days after from` };

const list = operation({
  summary: 'Nights with their rooms, price and restrictions',
  description: '`to` is excluded. `price` and `minStay` are those that apply.',
  tag: 'Staff: catalogue',
  permission: 'inventory.read',
  params,
  query: z
    .strictObject({ from: plainDate, to: plainDate, roomType: catalogueCode.optional() })
    .refine(isRange, rangeRule),
  answers: {
    200: z
      .object({
        items: z.array(
          z.object({
            roomType: z.string(),
            date: z.string(),
            total: z.int(),
            outOfOrder: z.int(),
            reserved: z.int(),
            available: z.int(),
            price: z.int(),
            minStay: z.int(),
            closed: z.boolean(),
          }),
        ),
      })
      .meta({
        examples: [
          {
            items: [
              {
                roomType: 'SUITE',
                date: '2027-05-14',
                total: 2,
                outOfOrder: 0,
                reserved: 1,
                available: 1,
                price: 28900,
                minStay: 1,
                closed: false,
              },
            ],
          },
        ],
      }),
  },
});

const change = z
  .strictObject({
    roomType: catalogueCode,
    from: plainDate,
    to: plainDate,
    price: minorUnits.nullable().optional().describe('Null goes back to the price of the room type.'),
    total: z.int().min(0).max(10_000).optional(),
    minStay: z.int().min(1).max(90).nullable().optional(),
    closed: z.boolean().optional(),
  })
  .refine(isRange, rangeRule);

const set = operation({
  summary: 'Sets price, rooms, minimum stay or closure over nights',
  description: 'One range or a list of up to 50; all of them or none. `to` is excluded.',
  tag: 'Staff: catalogue',
  permission: 'inventory.write',
  params,
  body: z
    .union([change, z.array(change).min(1).max(50)])
    .meta({ examples: [{ roomType: 'SUITE', from: '2027-05-14', to: '2027-05-17', price: 34900, minStay: 2 }] }),
  answers: { 200: z.object({ nights: z.int() }).meta({ examples: [{ nights: 3 }] }) },
  errors: ['inventory_in_use'],
});

export const staffInventoryRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/inventory', list, async (request) => {
      const { from, to, roomType = null } = request.query;
      const { propertyId } = staffOf(request);
      return { items: await listInventory(contextOf(ctx, request), { propertyId, from, to, roomType }) };
    });

    app.put('/inventory', set, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const changes = Array.isArray(request.body) ? request.body : [request.body];
      return { nights: await setInventory(contextOf(ctx, request), { propertyId, actor, changes }) };
    });
  };
