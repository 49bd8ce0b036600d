import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';
import { TAX_BASES } from '../../../domain/money/price/tax-rule.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, minorUnits, name, plainDate, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeTaxRule } from '../../../services/catalogue/tax/change-tax-rule.ts';
import { createTaxRule } from '../../../services/catalogue/tax/create-tax-rule.ts';
import { deleteTaxRule } from '../../../services/catalogue/tax/delete-tax-rule.ts';
import { getTaxRule } from '../../../services/catalogue/tax/get-tax-rule.ts';
import { listTaxRules } from '../../../services/catalogue/tax/list-tax-rules.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import { exampleTax, taxView, viewTax } from '../../shapes/views/catalogue/tax.ts';

const params = z.object({ slug });
const oneTax = params.extend({ tax: catalogueCode });
const rate = z.int().min(0).max(10_000);
const MAX_BANDS = 20;

const bands = z
  .array(z.strictObject({ upTo: minorUnits.min(1).nullable(), rateBps: rate }))
  .max(MAX_BANDS)
  .superRefine((list, context) => {
    for (const [index, { upTo }] of list.entries()) {
      const addIssue = (message: string) => {
        context.addIssue({ code: 'custom', path: [index, 'upTo'], message });
      };
      const below = list[index - 1]?.upTo ?? 0;
      if (index === list.length - 1 && upTo !== null) addIssue('must be null in the last band');
      if (index < list.length - 1 && upTo === null) addIssue('may be null in the last band only');
      if (upTo !== null && upTo <= below) addIssue('must exceed upTo of the previous band');
    }
  })
  .describe(
    'Rates by the price of a night or an appointment after discounts, ascending; an inclusive tax counts the price ' +
      'without it. The last band has no upper limit.',
  );

const fields = z.strictObject({
  name: name(100).describe('The name shown in prices.'),
  basis: z
    .enum(TAX_BASES)
    .describe('A flat tax applies per night, or once per appointment; per booking, person or adult.'),
  isInclusive: z.boolean().describe('True when prices already include the tax.'),
  rateBps: rate.describe('In basis points: 1350 is 13.5 %. 0 with bands and for a flat tax.'),
  amount: minorUnits.describe('Amount of a flat tax; otherwise 0.'),
  bands,
  exemptKinds: z
    .array(z.enum(LINE_KINDS))
    .refine((kinds) => new Set(kinds).size === kinds.length, 'must name each kind once')
    .describe('Kinds of price lines exempt from a percentage tax.'),
  maxNights: z
    .int()
    .min(1)
    .max(365)
    .nullable()
    .describe('Taxes the first nights of a stay only, counted from the arrival. Null: all nights.'),
  validFrom: plainDate.nullable().describe('First date of stay that is taxed. Null: no limit.'),
  validTo: plainDate.nullable().describe('Last date of stay that is taxed, included. Null: no limit.'),
  position: z.int().min(0).max(1_000).describe('Display order.'),
});

const list = operation({
  id: 'listTaxes',
  summary: 'Lists taxes',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(taxView).meta({ examples: [{ items: [exampleTax], nextCursor: null }] }) },
});

const show = operation({
  id: 'getTax',
  summary: 'Reads a tax',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params: oneTax,
  answers: { 200: taxView },
});

const create = operation({
  id: 'createTax',
  summary: 'Adds a tax',
  description: 'Applies to new bookings. Existing bookings keep their price.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({
      code: catalogueCode,
      basis: fields.shape.basis.default('PERCENT'),
      rateBps: rate.optional(),
      amount: minorUnits.default(0),
      bands: bands.default([]),
      exemptKinds: fields.shape.exemptKinds.default([]),
      maxNights: fields.shape.maxNights.default(null),
      validFrom: fields.shape.validFrom.default(null),
      validTo: fields.shape.validTo.default(null),
      position: fields.shape.position.default(0),
    })
    .refine(({ basis, rateBps, bands: { length } }) => basis !== 'PERCENT' || rateBps !== undefined || length > 0, {
      path: ['rateBps'],
      message: 'is required when basis is PERCENT and there are no bands',
    })
    .meta({
      examples: [
        { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725, exemptKinds: ['TRAVEL'] },
        { code: 'GST', name: 'GST', isInclusive: false, bands: exampleTax.bands },
        {
          code: 'CITY',
          name: 'City tax',
          basis: 'FLAT_PER_ADULT_NIGHT',
          isInclusive: false,
          amount: 250,
          maxNights: 7,
        },
      ],
    }),
  answers: { 201: taxView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  id: 'updateTax',
  summary: 'Changes a tax',
  description: 'Existing bookings keep their price.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: oneTax,
  body: fields.partial().meta({ examples: [{ position: 1 }, { name: 'GST on rooms', bands: exampleTax.bands }] }),
  answers: { 200: taxView },
  isIdempotent: true,
});

const remove = operation({
  id: 'deleteTax',
  summary: 'Deletes a tax',
  description: 'Affects new bookings. Existing bookings keep their price. Returns the deleted tax.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: oneTax,
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: taxView },
  isIdempotent: true,
});

export const staffTaxRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/taxes', list, async (request) => {
      const taxes = await listTaxRules(request.ctx, staffOf(request).propertyId);
      return slicePage(taxes.map(viewTax), request.query);
    });

    app.get('/taxes/:tax', show, async (request) => {
      const { propertyId } = staffOf(request);
      return viewTax(await getTaxRule(request.ctx.db, { propertyId, code: request.params.tax }));
    });

    app.post('/taxes', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { code, rateBps = 0, ...rest } = request.body;
      reply.code(201);
      const input = { propertyId, code, fields: { ...rest, rateBps } };
      return viewTax(await createTaxRule(request.ctx, input));
    });

    app.patch('/taxes/:tax', change, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, code: request.params.tax, changes: dropAbsent(request.body) };
      return viewTax(await changeTaxRule(request.ctx, input));
    });

    app.delete('/taxes/:tax', remove, async (request) => {
      const { propertyId } = staffOf(request);
      return viewTax(await deleteTaxRule(request.ctx, { propertyId, code: request.params.tax }));
    });
  };
