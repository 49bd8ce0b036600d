import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { STAFF_ROLES } from '../../domain/access/permissions.ts';
import { userOf } from '../../http/access/caller.ts';
import { operation } from '../../http/contract/operation.ts';
import { getMe } from '../../services/platform/auth/get-me.ts';

const me = operation({
  id: 'getMe',
  summary: 'Reads the signed-in user and their memberships',
  tag: 'Sign-in',
  answers: {
    200: z
      .object({
        email: z.string(),
        name: z.string(),
        memberships: z.array(z.object({ slug: z.string(), role: z.enum(STAFF_ROLES) })),
        platformAdmin: z.boolean(),
      })
      .meta({
        examples: [
          {
            email: 'frontdesk@harbour-hotel.example',
            name: 'Finn Desk',
            memberships: [{ slug: 'harbour-hotel', role: 'FRONT_DESK' }],
            platformAdmin: false,
          },
        ],
      }),
  },
  needsLogin: true,
});

export const meRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/me', me, async (request) => {
      const { memberships, ...user } = await getMe(request.ctx, userOf(request));
      return { ...user, memberships: [...memberships] };
    });
  };
