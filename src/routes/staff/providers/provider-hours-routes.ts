import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { findOverlap } from '../../../domain/time/overlap.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, plainDate, slug, wallTime } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { getHours } from '../../../services/catalogue/provider/schedule/get-hours.ts';
import { replaceHours } from '../../../services/catalogue/provider/schedule/replace-hours.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import {
  exampleHours,
  exampleDisplaced,
  hoursView,
  strandedAppointments,
  viewHours,
} from '../../shapes/views/catalogue/provider.ts';

const params = z.object({ slug, provider: catalogueCode });

const MAX_RANGES_A_DAY = 10;
/** More than one exception for each day of a year. */
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
      if (place !== undefined) addOverlapIssue(context, [place]);
    }
  });

const exception = z.strictObject({
  date: plainDate,
  ranges: z
    .array(range.refine(hasLength, lengthRule))
    .max(MAX_RANGES_A_DAY)
    .superRefine((ranges, context) => {
      const place = findOverlap(ranges);
      if (place !== null) addOverlapIssue(context, [place]);
    })
    .describe('Replaces the weekly hours of the date. Empty: closed.'),
});

const exceptions = z
  .array(exception)
  .max(MAX_EXCEPTIONS)
  .superRefine((days, context) => {
    const dates = days.map(({ date }) => date);
    const place = dates.findIndex((date, index) => dates.indexOf(date) < index);
    if (place === -1) return;
    context.addIssue({ code: 'custom', path: [place, 'date'], message: 'must not be repeated' });
  });

function addOverlapIssue(context: z.core.$RefinementCtx, path: number[]): void {
  context.addIssue({ code: 'custom', path, message: 'overlaps an earlier range' });
}

const get = operation({
  id: 'getProviderHours',
  summary: 'Reads a provider’s working hours',
  description: 'Times are local to the property. Exceptions are listed from today.',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  answers: { 200: hoursView.meta({ examples: [exampleHours] }) },
});

const replace = operation({
  id: 'replaceProviderHours',
  summary: 'Replaces a provider’s working hours',
  description:
    'Replaces all weekly hours and the exceptions from today; without `exceptions` the exceptions stay. Existing bookings ' +
    'stay, and bookings outside the new hours are listed. `Prefer: dry-run` lists the bookings without a change.',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params,
  body: z.strictObject({ weekly, exceptions: exceptions.optional() }).meta({ examples: [exampleHours] }),
  answers: {
    200: hoursView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleHours, strandedAppointments: exampleDisplaced }] }),
  },
  errors: ['hours_overlap'],
  isIdempotent: true,
});

export const staffProviderHoursRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers/:provider/hours', get, async (request) => {
      const input = { propertyId: staffOf(request).propertyId, code: request.params.provider };
      return viewHours(await getHours(request.ctx, input));
    });

    app.put('/providers/:provider/hours', replace, async (request) => {
      const { propertyId } = staffOf(request);
      const hours = { weekly: request.body.weekly, ...dropAbsent({ exceptions: request.body.exceptions }) };
      const input = { propertyId, code: request.params.provider, hours };
      const { strandedAppointments: displaced, ...written } = await replaceHours(request.ctx, input);
      return { ...viewHours(written), strandedAppointments: [...displaced] };
    });
  };
