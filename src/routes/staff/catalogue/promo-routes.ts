import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { normalizePromoCode } from '../../../domain/money/promo.ts';
import { staffOf } from '../../../http/caller.ts';
import { instant, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changePromo } from '../../../services/promo/change-promo.ts';
import { createPromo } from '../../../services/promo/create-promo.ts';
import { getPromo } from '../../../services/promo/get-promo.ts';
import { listPromos } from '../../../services/promo/list-promos.ts';
import { catalogueCodes } from '../../fields/catalogue-codes.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import { PROMO_TYPES, promoView, viewPromo } from '../../views/catalogue/promo.ts';

const params = z.object({ slug });

/** Written as people like, kept in capitals. */
const promoCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be a code of letters, digits, _ and -')
  .describe('Capital or small letters mean the same.');
const promoParams = params.extend({ promo: promoCode });

const uses = z.int().min(1).max(1_000_000_000);

const fields = z.strictObject({
  name: text(100),
  type: z.enum(PROMO_TYPES),
  value: minorUnits.min(1).describe('Basis points of the price (1000 is 10 %) for PERCENT, minor units for FIXED.'),
  validFrom: instant.nullable().describe('A booking may be made with it from then on.'),
  validUntil: instant.nullable().describe('And until then, which is not included.'),
  minAmount: minorUnits.describe('What the lines of the price must add up to.'),
  roomTypes: catalogueCodes.describe('What it is good for. Neither room types nor services: everything.'),
  services: catalogueCodes,
  maxUses: uses.nullable().describe('Null: as many as like.'),
  maxUsesPerCustomer: uses.nullable(),
  isActive: z.boolean(),
});

const list = operation({
  summary: 'All promo codes, also those that can no longer be used',
  tag: 'Staff: promos',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(promoView).meta({ examples: [{ items: promoView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  summary: 'Adds a promo code',
  description: 'A booking that is made with it has one use of it, until it is cancelled, declined or expires.',
  tag: 'Staff: promos',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({
      code: promoCode,
      validFrom: fields.shape.validFrom.default(null),
      validUntil: fields.shape.validUntil.default(null),
      minAmount: fields.shape.minAmount.default(0),
      roomTypes: fields.shape.roomTypes.default([]),
      services: catalogueCodes.default([]),
      maxUses: fields.shape.maxUses.default(null),
      maxUsesPerCustomer: uses.nullable().default(null),
      isActive: z.boolean().default(true),
    })
    .meta({
      examples: [
        { code: 'WELCOME10', name: 'Ten per cent off', type: 'PERCENT', value: 1000, maxUsesPerCustomer: 1 },
        { code: 'ONCE500', name: '500 rupees off', type: 'FIXED', value: 50000, maxUses: 1 },
      ],
    }),
  answers: { 201: promoView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const get = operation({
  summary: 'One promo code',
  tag: 'Staff: promos',
  permission: 'catalogue.read',
  params: promoParams,
  answers: { 200: promoView },
});

const change = operation({
  summary: 'Changes a promo code',
  description: 'Bookings keep the discount they were sold with, also when they are moved.',
  tag: 'Staff: promos',
  permission: 'catalogue.write',
  params: promoParams,
  body: fields.partial().meta({ examples: [{ isActive: false }, { maxUses: 200 }] }),
  answers: { 200: promoView },
  errors: ['promo_in_use'],
  isIdempotent: true,
});

export const staffPromoRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/promos', list, async (request) => {
      const promos = await listPromos(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(promos.map(viewPromo), request.query);
    });

    app.post('/promos', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { code, ...rest } = request.body;
      const input = { ...rest, code: normalizePromoCode(code), propertyId, actor };
      reply.code(201);
      return viewPromo(await createPromo(contextOf(ctx, request), input));
    });

    app.get('/promos/:promo', get, async (request) => {
      const { propertyId } = staffOf(request);
      const code = normalizePromoCode(request.params.promo);
      return viewPromo(await getPromo(contextOf(ctx, request), { propertyId, code }));
    });

    app.patch('/promos/:promo', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const code = normalizePromoCode(request.params.promo);
      const input = { propertyId, actor, code, changes: dropAbsent(request.body) };
      return viewPromo(await changePromo(contextOf(ctx, request), input));
    });
  };
