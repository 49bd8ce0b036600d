import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { findOverlap } from '../../../domain/time/overlap.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, plainDate, slug, wallTime } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { getHours } from '../../../services/schedule/get-hours.ts';
import { replaceHours } from '../../../services/schedule/replace-hours.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import {
  exampleHours,
  exampleStranded,
  hoursView,
  strandedAppointments,
  viewHours,
} from '../../views/catalogue/provider.ts';

const params = z.object({ slug, provider: catalogueCode });

const MAX_RANGES_A_DAY = 10;
/** More than a year of dates. */
const MAX_EXCEPTIONS = 400;

const range = z.strictObject({
  from: wallTime,
  to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be HH:MM, at most 24:00'),
});
const hasLength = ({ from, to }: z.output<typeof range>) => from < to;
const lengthRule = { path: ['to'], message: 'must be after from' };

const weekly = z
  .array(range.extend({ weekday: z.int().min(1).max(7).describe('1 is Monday.') }).refine(hasLength, lengthRule))
  .max(7 * MAX_RANGES_A_DAY)
  .superRefine((ranges, context) => {
    const places = Map.groupBy(ranges.keys(), (index) => ranges[index]?.weekday);
    for (const indices of places.values()) {
      const overlap = findOverlap(indices.flatMap((index) => ranges[index] ?? []));
      const place = overlap === null ? undefined : indices[overlap];
      if (place !== undefined) refuseOverlap(context, [place]);
    }
  });

const exception = z.strictObject({
  date: plainDate,
  ranges: z
    .array(range.refine(hasLength, lengthRule))
    .max(MAX_RANGES_A_DAY)
    .superRefine((ranges, context) => {
      const place = findOverlap(ranges);
      if (place !== null) refuseOverlap(context, [place]);
    })
    .describe('Instead of what the weekday says. None: closed.'),
});

const exceptions = z
  .array(exception)
  .max(MAX_EXCEPTIONS)
  .superRefine((days, context) => {
    const dates = days.map(({ date }) => date);
    const place = dates.findIndex((date, index) => dates.indexOf(date) < index);
    if (place === -1) return;
    context.addIssue({ code: 'custom', path: [place, 'date'], message: 'is in the list already' });
  });

function refuseOverlap(context: z.core.$RefinementCtx, path: number[]): void {
  context.addIssue({ code: 'custom', path, message: 'overlaps one before it' });
}

const get = operation({
  summary: 'When a provider works',
  description: 'Wall times at the property. Exceptions are listed from today on.',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  answers: { 200: hoursView.meta({ examples: [exampleHours] }) },
});

const replace = operation({
  summary: 'Replaces when a provider works',
  description:
    'All weekly hours, and the exceptions from today on; `exceptions` left out stay as they are. Bookings stay too: those ' +
    'outside the new hours are listed, with `Prefer: dry-run` before anything is changed.',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params,
  body: z.strictObject({ weekly, exceptions: exceptions.optional() }).meta({ examples: [exampleHours] }),
  answers: {
    200: hoursView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleHours, strandedAppointments: exampleStranded }] }),
  },
  errors: ['hours_overlap'],
  isIdempotent: true,
});

export const staffProviderHoursRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers/:provider/hours', get, async (request) => {
      const input = { propertyId: staffOf(request).propertyId, code: request.params.provider };
      return viewHours(await getHours(contextOf(ctx, request), input));
    });

    app.put('/providers/:provider/hours', replace, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const hours = { weekly: request.body.weekly, ...dropAbsent({ exceptions: request.body.exceptions }) };
      const input = { propertyId, actor, code: request.params.provider, hours };
      const { strandedAppointments: stranded, ...written } = await replaceHours(contextOf(ctx, request), input);
      return { ...viewHours(written), strandedAppointments: [...stranded] };
    });
  };
