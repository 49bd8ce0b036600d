import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, minorUnits, plainDate, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { listInventory } from '../../../services/stock/inventory/list-inventory.ts';
import { setInventory } from '../../../services/stock/inventory/set-inventory.ts';

const params = z.object({ slug });
const MAX_DAYS = 400;
const nightCount = z.int().min(1).max(MAX_NIGHTS);
const isRange = ({ from, to }: { from: string; to: string }) => from < to && countDays(from, to) <= MAX_DAYS;
const rangeRule = { path: ['to'], message: `must be 1 to ${String(MAX_DAYS)} days after from` };

const list = operation({
  id: 'listInventory',
  summary: 'Lists nights with rooms, price and restrictions',
  description: '`to` is excluded. `price` and `minStay` are the effective values, `maxStay` is null without a limit.',
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
            maxStay: z.int().nullable(),
            closed: z.boolean(),
            closedToArrival: z.boolean(),
            closedToDeparture: z.boolean(),
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
                maxStay: null,
                closed: false,
                closedToArrival: false,
                closedToDeparture: false,
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
    price: minorUnits.nullable().optional().describe('Null restores the price of the room type.'),
    total: z.int().min(0).max(10_000).optional(),
    minStay: nightCount.nullable().optional().describe('Fewest nights of a stay that arrives. Null: as the room type.'),
    maxStay: nightCount.nullable().optional().describe('Most nights of a stay that arrives. Null: no limit.'),
    closed: z.boolean().optional().describe('True: the night is not sold.'),
    closedToArrival: z.boolean().optional().describe('True: no stay arrives on the date; others pass over it.'),
    closedToDeparture: z.boolean().optional().describe('True: no stay departs on the date; others pass over it.'),
  })
  .refine(isRange, rangeRule);

const set = operation({
  id: 'setInventory',
  summary: 'Sets price, rooms and restrictions of nights',
  description: 'One range or up to 50 ranges, applied all or none. `to` is excluded.',
  tag: 'Staff: catalogue',
  permission: 'inventory.write',
  params,
  body: z.xor([change, z.array(change).min(1).max(50)]).meta({
    examples: [
      { roomType: 'SUITE', from: '2027-05-14', to: '2027-05-17', price: 34900, minStay: 2, closedToArrival: true },
    ],
  }),
  answers: { 200: z.object({ nights: z.int() }).meta({ examples: [{ nights: 3 }] }) },
  errors: ['inventory_in_use'],
});

export const staffInventoryRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/inventory', list, async (request) => {
      const { from, to, roomType = null } = request.query;
      const { propertyId } = staffOf(request);
      return { items: await listInventory(request.ctx, { propertyId, from, to, roomType }) };
    });

    app.put('/inventory', set, async (request) => {
      const { propertyId } = staffOf(request);
      const changes = Array.isArray(request.body) ? request.body : [request.body];
      return { nights: await setInventory(request.ctx, { propertyId, changes }) };
    });
  };
