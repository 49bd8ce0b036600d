import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { mayDo } from '../domain/permissions.ts';
import { AppError } from '../errors.ts';
import { slug as slugField } from './fields.ts';
import { authenticateGuest } from '../services/auth/authenticate-guest.ts';
import { authenticateStaff } from '../services/auth/authenticate-staff.ts';
import { authenticateUser } from '../services/auth/authenticate-user.ts';

/** Lets callers into a scope, or refuses them before their request is read. */
export type Guard = (app: FastifyInstance, ctx: Context) => void;

/** Nobody has to say who they are. */
export const openToAnyone: Guard = (app) => {
  app.addHook('onRequest', async (request) => {
    request.caller = { type: 'ANYONE' };
  });
};

/** Any signed-in user. */
export const usersOnly: Guard = (app, ctx) => {
  app.addHook('onRequest', async (request) => {
    request.caller = { type: 'USER', user: await authenticateUser(ctx, readBearer(request)) };
  });
};

/** Platform administrators. */
export const adminsOnly: Guard = (app, ctx) => {
  app.addHook('onRequest', async (request) => {
    const user = await authenticateUser(ctx, readBearer(request));
    if (!user.isPlatformAdmin) throw new AppError('forbidden');
    request.caller = { type: 'USER', user };
  });
};

/** Members of the property's staff whose role includes the route's permission. Another property's does not exist. */
export const staffOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.permission === undefined) throw new Error(`Bug: ${route.url} names no permission`);
  });
  app.addHook('onRequest', async (request) => {
    const token = readBearer(request);
    // The guard comes before the route's own validation, and the database does not take every text.
    const slug = slugField.safeParse((request.params as { slug: unknown }).slug);
    if (!slug.success) throw new AppError('not_found', { detail: 'There is no such property.' });
    const staff = await authenticateStaff(ctx, { token, slug: slug.data });
    const { permission } = request.routeOptions.config;
    if (permission === undefined || !mayDo(staff.role, permission)) {
      throw new AppError('forbidden', {
        detail: `This needs the permission "${permission ?? 'none'}", which ${staff.role} does not include.`,
      });
    }
    request.caller = { type: 'STAFF', ...staff };
  });
};

/** Holders of a guest's link whose capabilities include the route's. */
export const guestsOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.capability === undefined) throw new Error(`Bug: ${route.url} names no capability`);
  });
  app.addHook('onRequest', async (request) => {
    const access = await authenticateGuest(ctx, readBearer(request));
    const { capability } = request.routeOptions.config;
    if (capability === undefined || !access.capabilities.includes(capability)) throw new AppError('forbidden');
    request.caller = { type: 'GUEST', access };
  });
};

function readBearer(request: FastifyRequest): string {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new AppError('unauthorized', { detail: 'Send "Authorization: Bearer …".' });
  return token;
}
