import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/caller.ts';
import { catalogueCode, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { createCalendarLink } from '../../services/calendar/create-calendar-link.ts';
import { revokeCalendarLink } from '../../services/calendar/revoke-calendar-link.ts';

const contract = {
  tag: 'Staff: calendar',
  permission: 'catalogue.write',
  params: z.object({ slug, provider: catalogueCode }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  isIdempotent: true,
} as const;

const create = operation({
  ...contract,
  summary: 'A secret link to the calendar of a provider',
  description:
    'For calendar programs that subscribe to an address. Shown once; a new one closes the one before. Whoever has it ' +
    'sees when which service is, and an initial of the guest.',
  answers: {
    201: z
      .object({ url: z.string().nullable().describe('Null in a dry run.') })
      .meta({ examples: [{ url: 'https://book.example/calendars/wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT.ics' }] }),
  },
});

const revoke = operation({
  ...contract,
  summary: 'Closes the calendar of a provider to its link',
  answers: {
    200: z
      .object({ revoked: z.boolean().describe('False where there was no link.') })
      .meta({ examples: [{ revoked: true }] }),
  },
});

export const staffCalendarLinkRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/providers/:provider/calendar-link', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const scoped = contextOf(ctx, request);
      const { token } = await createCalendarLink(scoped, { propertyId, actor, code: request.params.provider });
      reply.code(201).header('cache-control', 'no-store');
      return { url: scoped.request.isDryRun ? null : `${ctx.config.PUBLIC_URL}/calendars/${token}.ics` };
    });

    app.delete('/providers/:provider/calendar-link', revoke, async (request) => {
      const { propertyId, actor } = staffOf(request);
      return revokeCalendarLink(contextOf(ctx, request), { propertyId, actor, code: request.params.provider });
    });
  };
