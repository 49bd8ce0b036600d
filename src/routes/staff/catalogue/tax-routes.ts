import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';
import { TAX_BASES } from '../../../domain/money/tax.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changeTaxRule } from '../../../services/tax/change-tax-rule.ts';
import { createTaxRule } from '../../../services/tax/create-tax-rule.ts';
import { deleteTaxRule } from '../../../services/tax/delete-tax-rule.ts';
import { getTaxRule } from '../../../services/tax/get-tax-rule.ts';
import { listTaxRules } from '../../../services/tax/list-tax-rules.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import { exampleTax, taxView, viewTax } from '../../views/catalogue/tax.ts';

const params = z.object({ slug });
const oneTax = params.extend({ tax: catalogueCode });
const rate = z.int().min(0).max(10_000);
const MAX_BANDS = 20;

const bands = z
  .array(z.strictObject({ upTo: minorUnits.min(1).nullable(), rateBps: rate }))
  .max(MAX_BANDS)
  .superRefine((list, context) => {
    for (const [index, { upTo }] of list.entries()) {
      const refuse = (message: string) => {
        context.addIssue({ code: 'custom', path: [index, 'upTo'], message });
      };
      const below = list[index - 1]?.upTo ?? 0;
      if (index === list.length - 1 && upTo !== null) refuse('must be null in the last band');
      if (index < list.length - 1 && upTo === null) refuse('may be null in the last band only');
      if (upTo !== null && upTo <= below) refuse('must be more than in the band before');
    }
  })
  .describe('By the value of a night, or of an appointment, after discounts. Ascending; the last has no end.');

const fields = z.strictObject({
  name: text(100).describe('As it is shown in a price.'),
  basis: z.enum(TAX_BASES).describe('A flat tax is per night, or once for an appointment.'),
  isInclusive: z.boolean().describe('It is in the prices already, and changes nothing of what is payable.'),
  rateBps: rate.describe('In basis points: 1350 is 13.5 %. 0 with bands, and for a flat tax.'),
  amount: minorUnits.describe('Of a flat tax; else 0.'),
  bands,
  exemptKinds: z
    .array(z.enum(LINE_KINDS))
    .refine((kinds) => new Set(kinds).size === kinds.length, 'must name each kind once')
    .describe('Kinds of price lines that a percentage does not fall on.'),
  position: z.int().min(0).max(1_000).describe('Taxes are shown in this order.'),
});

const list = operation({
  summary: 'All taxes',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(taxView).meta({ examples: [{ items: [exampleTax], nextCursor: null }] }) },
});

const show = operation({
  summary: 'One tax, and how it is reckoned',
  tag: 'Staff: catalogue',
  permission: 'catalogue.read',
  params: oneTax,
  answers: { 200: taxView },
});

const create = operation({
  summary: 'Adds a tax',
  description: 'To all that is sold from now on. Bookings keep the price they were made at.',
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
      position: fields.shape.position.default(0),
    })
    .refine(({ basis, rateBps, bands: { length } }) => basis !== 'PERCENT' || rateBps !== undefined || length > 0, {
      path: ['rateBps'],
      message: 'is needed when basis is PERCENT and there are no bands',
    })
    .meta({
      examples: [
        { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725, exemptKinds: ['TRAVEL'] },
        { code: 'GST', name: 'GST', isInclusive: false, bands: exampleTax.bands },
        { code: 'CITY', name: 'City tax', basis: 'FLAT_PER_PERSON_NIGHT', isInclusive: false, amount: 250 },
      ],
    }),
  answers: { 201: taxView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  summary: 'Changes a tax',
  description: 'Bookings keep the price they were made at.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: oneTax,
  body: fields.partial().meta({ examples: [{ position: 1 }, { name: 'GST on rooms', bands: exampleTax.bands }] }),
  answers: { 200: taxView },
  isIdempotent: true,
});

const remove = operation({
  summary: 'Ends a tax',
  description: 'For all that is sold from now on. Bookings keep the price they were made at. Answers what it was.',
  tag: 'Staff: catalogue',
  permission: 'catalogue.write',
  params: oneTax,
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: taxView },
  isIdempotent: true,
});

export const staffTaxRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/taxes', list, async (request) => {
      const taxes = await listTaxRules(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(taxes.map(viewTax), request.query);
    });

    app.get('/taxes/:tax', show, async (request) => {
      const { propertyId } = staffOf(request);
      return viewTax(await getTaxRule(contextOf(ctx, request).db, { propertyId, code: request.params.tax }));
    });

    app.post('/taxes', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { code, rateBps = 0, ...rest } = request.body;
      reply.code(201);
      const input = { propertyId, actor, code, fields: { ...rest, rateBps } };
      return viewTax(await createTaxRule(contextOf(ctx, request), input));
    });

    app.patch('/taxes/:tax', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const input = { propertyId, actor, code: request.params.tax, changes: dropAbsent(request.body) };
      return viewTax(await changeTaxRule(contextOf(ctx, request), input));
    });

    app.delete('/taxes/:tax', remove, async (request) => {
      const { propertyId, actor } = staffOf(request);
      return viewTax(await deleteTaxRule(contextOf(ctx, request), { propertyId, actor, code: request.params.tax }));
    });
  };
