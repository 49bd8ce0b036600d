import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { normalizePromoCode } from '../../../domain/money/price/promo.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { instant, minorUnits, name, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changePromo } from '../../../services/catalogue/promo/change-promo.ts';
import { createPromo } from '../../../services/catalogue/promo/create-promo.ts';
import { getPromo } from '../../../services/catalogue/promo/get-promo.ts';
import { listPromos } from '../../../services/catalogue/promo/list-promos.ts';
import { catalogueCodes } from '../../shapes/fields/catalogue-codes.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import { PROMO_TYPES, promoView, viewPromo } from '../../shapes/views/catalogue/promo.ts';

const params = z.object({ slug });

/** A promo code in any letter case; stored in capitals. */
const promoCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be a code of letters, digits, _ and -')
  .describe('Case-insensitive.');
const promoParams = params.extend({ promo: promoCode });

const uses = z.int().min(1).max(1_000_000_000);

const fields = z.strictObject({
  name: name(100),
  type: z.enum(PROMO_TYPES),
  value: minorUnits.min(1).describe('Basis points of the price (1000 is 10 %) for PERCENT; minor units for FIXED.'),
  validFrom: instant.nullable().describe('Start of validity, inclusive.'),
  validUntil: instant.nullable().describe('End of validity, exclusive.'),
  minAmount: minorUnits.describe('Minimum sum of the price lines.'),
  roomTypes: catalogueCodes.describe(
    'Room types the promo applies to. Without room types and services, the promo applies to everything.',
  ),
  services: catalogueCodes,
  maxUses: uses.nullable().describe('Null for no limit.'),
  maxUsesPerCustomer: uses.nullable(),
  isActive: z.boolean(),
});

const list = operation({
  id: 'listPromos',
  summary: 'Lists promo codes, inactive codes included',
  tag: 'Staff: promos',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(promoView).meta({ examples: [{ items: promoView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  id: 'createPromo',
  summary: 'Adds a promo code',
  description: 'Each booking redeems the code once and releases the redemption when cancelled, declined or expired.',
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
  id: 'getPromo',
  summary: 'Reads a promo code',
  tag: 'Staff: promos',
  permission: 'catalogue.read',
  params: promoParams,
  answers: { 200: promoView },
});

const change = operation({
  id: 'updatePromo',
  summary: 'Changes a promo code',
  description: 'Existing bookings keep their discount, also when rescheduled.',
  tag: 'Staff: promos',
  permission: 'catalogue.write',
  params: promoParams,
  body: fields.partial().meta({ examples: [{ isActive: false }, { maxUses: 200 }] }),
  answers: { 200: promoView },
  errors: ['promo_in_use'],
  isIdempotent: true,
});

export const staffPromoRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/promos', list, async (request) => {
      const promos = await listPromos(request.ctx, staffOf(request).propertyId);
      return slicePage(promos.map(viewPromo), request.query);
    });

    app.post('/promos', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { code, ...rest } = request.body;
      const input = { ...rest, code: normalizePromoCode(code), propertyId };
      reply.code(201);
      return viewPromo(await createPromo(request.ctx, input));
    });

    app.get('/promos/:promo', get, async (request) => {
      const { propertyId } = staffOf(request);
      const code = normalizePromoCode(request.params.promo);
      return viewPromo(await getPromo(request.ctx, { propertyId, code }));
    });

    app.patch('/promos/:promo', change, async (request) => {
      const { propertyId } = staffOf(request);
      const code = normalizePromoCode(request.params.promo);
      const input = { propertyId, code, changes: dropAbsent(request.body) };
      return viewPromo(await changePromo(request.ctx, input));
    });
  };
