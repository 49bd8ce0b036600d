import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { email } from '../../http/contract/fields.ts';
import { alsoLimit, RATE_LIMITS } from '../../http/limits/limits.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { logIn } from '../../services/auth/session/log-in.ts';
import { logOut } from '../../services/auth/session/log-out.ts';
import { refreshSession } from '../../services/auth/session/refresh-session.ts';

const session = z
  .object({ accessToken: z.string(), expiresIn: z.int().describe('Seconds.'), refreshToken: z.string() })
  .meta({ examples: [{ accessToken: 'eyJhbGciOiJIUzI1NiJ9…', expiresIn: 900, refreshToken: 'h2Kd…' }] });

const refreshBody = z
  .strictObject({ refreshToken: z.string().min(1).max(200) })
  .meta({ examples: [{ refreshToken: 'h2Kd…' }] });

const login = operation({
  summary: 'Starts a session',
  tag: 'Sign-in',
  body: z
    .strictObject({ email, password: z.string().min(1).max(200) })
    .meta({ examples: [{ email: 'frontdesk@harbour-hotel.example', password: 'holdfast-demo' }] }),
  answers: { 200: session },
  errors: ['invalid_credentials'],
});

const refresh = operation({
  summary: 'Trades a refresh token for a new session',
  description: 'Each refresh token works once; one that comes twice ends the whole session.',
  tag: 'Sign-in',
  body: refreshBody,
  answers: { 200: session },
  errors: ['unauthorized'],
});

const logout = operation({
  summary: 'Ends a session',
  tag: 'Sign-in',
  body: refreshBody,
  answers: {
    204: z
      .undefined()
      .meta({ examples: [null] })
      .describe('The session is over.'),
  },
});

export const authRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const limited = alsoLimit(app, ctx.config, RATE_LIMITS.login, RATE_LIMITS.account);
    app.post('/login', { ...login, ...limited }, async (request) => logIn(contextOf(ctx, request), request.body));
    app.post('/refresh', refresh, async (request) => refreshSession(contextOf(ctx, request), request.body));
    app.post('/logout', logout, async (request, reply) => {
      await logOut(contextOf(ctx, request), request.body);
      return reply.code(204).send();
    });
  };
