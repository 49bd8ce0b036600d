import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, minorUnits, name, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeService } from '../../../services/catalogue/service/change-service.ts';
import { createService } from '../../../services/catalogue/service/create-service.ts';
import { listServices } from '../../../services/catalogue/service/list-services.ts';
import { catalogueCodes } from '../../shapes/fields/catalogue-codes.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import { exampleDisplaced, strandedAppointments } from '../../shapes/views/catalogue/provider.ts';
import {
  exampleService,
  PAYMENT_POLICIES,
  SERVICE_PRICINGS,
  serviceView,
  viewService,
} from '../../shapes/views/catalogue/service.ts';

const params = z.object({ slug });
const minutes = z.int().min(0).max(1_440);

const fields = z.strictObject({
  name: name(100),
  description: text(2_000).nullable(),
  durationMinutes: minutes.min(1),
  bufferBeforeMinutes: minutes.describe('Time before the appointment in which the provider is blocked.'),
  bufferAfterMinutes: minutes,
  slotStepMinutes: minutes.min(1).describe('Starts are offered at multiples of this interval of wall time.'),
  pricing: z.enum(SERVICE_PRICINGS),
  price: minorUnits.describe('Applies when pricing is PER_BOOKING.'),
  adultPrice: minorUnits.describe('Applies when pricing is PER_PERSON.'),
  childPrice: minorUnits.describe('Applies when pricing is PER_PERSON.'),
  minimumTotal: minorUnits,
  paymentPolicy: z
    .enum(PAYMENT_POLICIES)
    .nullable()
    .describe('Null: the property’s setting applies; likewise for `minNoticeMinutes` and `bookingWindowDays`.'),
  minNoticeMinutes: z.int().min(0).max(43_200).nullable(),
  bookingWindowDays: z.int().min(1).max(730).nullable(),
  maxAdults: z.int().min(1).max(500),
  maxChildren: z.int().min(0).max(500),
  isAtGuests: z.boolean().describe('True when the service takes place at the guest’s address, in a travel zone.'),
  isActive: z.boolean(),
  providers: catalogueCodes.describe('Codes of the providers.'),
});

const list = operation({
  id: 'listServices',
  summary: 'Lists services, inactive services included',
  tag: 'Staff: services',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(serviceView).meta({ examples: [{ items: [exampleService], nextCursor: null }] }) },
});

const create = operation({
  id: 'createService',
  summary: 'Adds a service',
  tag: 'Staff: services',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({
      code: catalogueCode,
      description: fields.shape.description.default(null),
      bufferBeforeMinutes: minutes.default(0),
      bufferAfterMinutes: minutes.default(0),
      slotStepMinutes: fields.shape.slotStepMinutes.default(15),
      pricing: fields.shape.pricing.default('PER_BOOKING'),
      price: fields.shape.price.optional(),
      adultPrice: fields.shape.adultPrice.optional(),
      childPrice: fields.shape.childPrice.optional(),
      minimumTotal: minorUnits.default(0),
      paymentPolicy: fields.shape.paymentPolicy.default(null),
      minNoticeMinutes: fields.shape.minNoticeMinutes.default(null),
      bookingWindowDays: fields.shape.bookingWindowDays.default(null),
      maxAdults: fields.shape.maxAdults.default(1),
      maxChildren: fields.shape.maxChildren.default(0),
      isAtGuests: fields.shape.isAtGuests.default(false),
      isActive: z.boolean().default(true),
      providers: fields.shape.providers.default([]),
    })
    .superRefine(({ pricing, price, adultPrice, childPrice, maxChildren }, context) => {
      const requireMember = (path: string) => {
        context.addIssue({ code: 'custom', path: [path], message: `is required when pricing is ${pricing}` });
      };
      if (pricing === 'PER_BOOKING' && price === undefined) requireMember('price');
      if (pricing === 'PER_PERSON' && adultPrice === undefined) requireMember('adultPrice');
      if (pricing === 'PER_PERSON' && maxChildren > 0 && childPrice === undefined) requireMember('childPrice');
    })
    .meta({
      examples: [
        { code: 'FACIAL', name: 'Facial', durationMinutes: 60, bufferAfterMinutes: 15, price: 12000 },
        {
          code: 'HIBACHI',
          name: 'Hibachi at your table',
          durationMinutes: 120,
          pricing: 'PER_PERSON',
          adultPrice: 5500,
          childPrice: 3000,
          minimumTotal: 55000,
          maxAdults: 40,
          maxChildren: 40,
          isAtGuests: true,
          providers: ['STATION-1'],
        },
      ],
    }),
  answers: { 201: serviceView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  id: 'updateService',
  summary: 'Changes a service',
  description: 'Existing bookings keep their time and price. `providers` replaces the whole list.',
  tag: 'Staff: services',
  permission: 'catalogue.write',
  params: params.extend({ service: catalogueCode }),
  body: fields.partial().meta({ examples: [{ adultPrice: 6000 }, { isActive: false }] }),
  answers: {
    200: serviceView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleService, isActive: false, strandedAppointments: exampleDisplaced }] }),
  },
  isIdempotent: true,
});

export const staffServiceRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/services', list, async (request) => {
      const services = await listServices(request.ctx, staffOf(request).propertyId);
      return slicePage(services.map(viewService), request.query);
    });

    app.post('/services', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { price = 0, adultPrice = 0, childPrice = 0, ...rest } = request.body;
      const input = { ...rest, price, adultPrice, childPrice, propertyId };
      reply.code(201);
      return viewService(await createService(request.ctx, input));
    });

    app.patch('/services/:service', change, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, code: request.params.service, changes: dropAbsent(request.body) };
      const { strandedAppointments: displaced, ...service } = await changeService(request.ctx, input);
      return { ...viewService(service), strandedAppointments: [...displaced] };
    });
  };
