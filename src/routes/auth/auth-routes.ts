import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { email } from '../../http/contract/fields.ts';
import { limitLogins } from '../../http/limits/limit-logins.ts';
import { operation } from '../../http/contract/operation.ts';
import { logIn } from '../../services/platform/auth/session/log-in.ts';
import { logOut } from '../../services/platform/auth/session/log-out.ts';
import { refreshSession } from '../../services/platform/auth/session/refresh-session.ts';

const session = z
  .object({ accessToken: z.string(), expiresIn: z.int().describe('Seconds.'), refreshToken: z.string() })
  .meta({ examples: [{ accessToken: 'eyJhbGciOiJIUzI1NiJ9…', expiresIn: 900, refreshToken: 'h2Kd…' }] });

const refreshBody = z
  .strictObject({ refreshToken: z.string().min(1).max(200) })
  .meta({ examples: [{ refreshToken: 'h2Kd…' }] });

const login = operation({
  id: 'logIn',
  summary: 'Logs in and starts a session',
  tag: 'Sign-in',
  body: z
    .strictObject({ email, password: z.string().min(1).max(200) })
    .meta({ examples: [{ email: 'frontdesk@harbour-hotel.example', password: 'holdfast-demo' }] }),
  answers: { 200: session },
  errors: ['invalid_credentials'],
});

const refresh = operation({
  id: 'refreshSession',
  summary: 'Exchanges a refresh token for new tokens',
  description: 'Each refresh token works once. Reusing a refresh token ends the whole session.',
  tag: 'Sign-in',
  body: refreshBody,
  answers: { 200: session },
  errors: ['unauthorized'],
});

const logout = operation({
  id: 'logOut',
  summary: 'Logs out and ends the session',
  tag: 'Sign-in',
  body: refreshBody,
  answers: {
    204: z
      .undefined()
      .meta({ examples: [null] })
      .describe('The session has ended.'),
  },
});

export const authRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const tryLogin = limitLogins(ctx.config);
    app.post('/login', login, (request) => tryLogin(request, () => logIn(request.ctx, request.body)));
    app.post('/refresh', refresh, async (request) => refreshSession(request.ctx, request.body));
    app.post('/logout', logout, async (request, reply) => {
      await logOut(request.ctx, request.body);
      return reply.code(204).send();
    });
  };
