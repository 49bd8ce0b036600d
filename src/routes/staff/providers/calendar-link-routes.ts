import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { createCalendarLink } from '../../../services/desk/calendar/create-calendar-link.ts';
import { revokeCalendarLink } from '../../../services/desk/calendar/revoke-calendar-link.ts';

const contract = {
  tag: 'Staff: calendar',
  permission: 'catalogue.write',
  params: z.object({ slug, provider: catalogueCode }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  isIdempotent: true,
} as const;

const create = operation({
  id: 'createCalendarLink',
  ...contract,
  summary: 'Creates a secret link to a provider’s calendar',
  description:
    'For subscriptions in calendar programs. Shown once; a new link revokes the previous link. The link shows time, ' +
    'service and guest initial of each appointment.',
  answers: {
    201: z
      .object({ url: z.string().nullable().describe('Null in a dry run.') })
      .meta({ examples: [{ url: 'https://book.example/calendars/wq3kPwm1c0p8y2n4rT6uVxZaBcDeFgHiJkLmNoPqRsT.ics' }] }),
  },
});

const revoke = operation({
  id: 'revokeCalendarLink',
  ...contract,
  summary: 'Revokes the link to a provider’s calendar',
  answers: {
    200: z
      .object({ revoked: z.boolean().describe('False when no link existed.') })
      .meta({ examples: [{ revoked: true }] }),
  },
});

export const staffCalendarLinkRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/providers/:provider/calendar-link', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const scoped = request.ctx;
      const { token } = await createCalendarLink(scoped, { propertyId, code: request.params.provider });
      reply.code(201).header('cache-control', 'no-store');
      return { url: scoped.request.isDryRun ? null : `${ctx.config.PUBLIC_URL}/calendars/${token}.ics` };
    });

    app.delete('/providers/:provider/calendar-link', revoke, async (request) => {
      const { propertyId } = staffOf(request);
      return revokeCalendarLink(request.ctx, { propertyId, code: request.params.provider });
    });
  };
