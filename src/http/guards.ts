import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { mayDo } from '../domain/access/permissions.ts';
import { AppError } from '../errors.ts';
import { findBearer } from './bearer.ts';
import type { Caller } from './caller.ts';
import { slug as slugField } from './contract/fields.ts';
import { limitGuesses } from './limits/limits.ts';
import { authenticateAgent } from '../services/auth/authenticate-agent.ts';
import { authenticateGuest } from '../services/auth/authenticate-guest.ts';
import { authenticateStaff } from '../services/auth/authenticate-staff.ts';
import { authenticateUser } from '../services/auth/authenticate-user.ts';

/** Lets callers into a scope, or refuses them before their request is read. */
export type Guard = (app: FastifyInstance, ctx: Context) => void;

/** 256 bits in base64url. */
const GUEST_TOKEN_LENGTH = 43;

/** Nobody has to say who they are. */
export const openToAnyone: Guard = (app) => {
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = { type: 'ANYONE' };
    done();
  });
};

/** Any signed-in user. */
export const usersOnly: Guard = (app, ctx) => {
  letIn(app, ctx, async (request) => ({ type: 'USER', user: await authenticateUser(ctx, readBearer(request)) }));
};

/** Platform administrators. */
export const adminsOnly: Guard = (app, ctx) => {
  letIn(app, ctx, async (request) => {
    const user = await authenticateUser(ctx, readBearer(request));
    if (!user.isPlatformAdmin) throw new AppError('forbidden');
    return { type: 'USER', user };
  });
};

/** Members of the property's staff whose role includes the route's permission. Another property's does not exist. */
export const staffOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.permission === undefined) throw new Error(`Bug: ${route.url} names no permission`);
  });
  letIn(app, ctx, (request) => identifyStaff(ctx, request));
};

/** Holders of a guest's link whose capabilities include the route's. */
export const guestsOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.capability === undefined) throw new Error(`Bug: ${route.url} names no capability`);
  });
  letIn(app, ctx, (request) => identifyGuest(ctx, request));
};

/** Either of the two, each held to what the route asks of them. A guest of another property has nothing here. */
export const staffAndGuests: Guard = (app, ctx) => {
  askOfBoth(app);
  letIn(app, ctx, (request) => identifyStaffOrGuest(ctx, request));
};

/** Those two, and holders of the property's API keys for agents: the route sees to whose booking they speak of. */
export const staffGuestsAndAgents: Guard = (app, ctx) => {
  askOfBoth(app);
  letIn(app, ctx, (request) =>
    isApiKey(readBearer(request)) ? identifyAgent(ctx, request) : identifyStaffOrGuest(ctx, request),
  );
};

/** Holders of an API key for agents: of the path's property, where it names one. Another property's does not exist. */
export const agentsOnly: Guard = (app, ctx) => {
  letIn(app, ctx, (request) => identifyAgent(ctx, request));
};

/** Any signed-in user, and any holder of a guest's link: the route sees to what is theirs. */
export const usersAndGuests: Guard = (app, ctx) => {
  letIn(app, ctx, async (request) => {
    const token = readBearer(request);
    // An access token has three parts with a dot between, a guest's has none.
    if (token.includes('.')) return { type: 'USER', user: await authenticateUser(ctx, token) };
    return { type: 'GUEST', access: await authenticateGuest(ctx, token) };
  });
};

/** Lets in whom `identify` knows. Each it does not is a guess, counted against the address it comes from. */
function letIn(app: FastifyInstance, ctx: Context, identify: (request: FastifyRequest) => Promise<Caller>): void {
  const countGuess = limitGuesses(app, ctx.config);
  app.addHook('onRequest', async (request) => {
    try {
      request.caller = await identify(request);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) await countGuess(request);
      throw error;
    }
  });
}

/** Every route of the scope says what it asks of staff, and what of guests. */
function askOfBoth(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { permission, capability } = route.config ?? {};
    if (permission === undefined || capability === undefined) {
      throw new Error(`Bug: ${route.url} names no permission and capability`);
    }
  });
}

async function identifyStaffOrGuest(ctx: Context, request: FastifyRequest): Promise<Caller> {
  // An access token has three parts with a dot between, a guest's has none.
  if (readBearer(request).includes('.')) return identifyStaff(ctx, request);
  const guest = await identifyGuest(ctx, request);
  if (guest.access.propertySlug !== readSlug(request)) {
    throw new AppError('not_found', { detail: 'This link is to a booking of another property.' });
  }
  return guest;
}

async function identifyStaff(ctx: Context, request: FastifyRequest): Promise<Caller> {
  const staff = await authenticateStaff(ctx, { token: readBearer(request), slug: readSlug(request) });
  const { permission } = request.routeOptions.config;
  if (permission === undefined || !mayDo(staff.role, permission)) {
    throw new AppError('forbidden', {
      detail: `This needs the permission "${permission ?? 'none'}", which ${staff.role} does not include.`,
    });
  }
  return { type: 'STAFF', ...staff };
}

async function identifyGuest(ctx: Context, request: FastifyRequest): Promise<Extract<Caller, { type: 'GUEST' }>> {
  const access = await authenticateGuest(ctx, readBearer(request));
  const { capability } = request.routeOptions.config;
  if (capability === undefined || !access.capabilities.includes(capability)) throw new AppError('forbidden');
  return { type: 'GUEST', access };
}

async function identifyAgent(ctx: Context, request: FastifyRequest): Promise<Caller> {
  const slug = 'slug' in (request.params as object) ? readSlug(request) : null;
  return { type: 'AGENT', access: await authenticateAgent(ctx, { key: readBearer(request), slug }) };
}

/** By chance a guest's token may begin as keys do, but it has another length. */
function isApiKey(token: string): boolean {
  return token.startsWith('hf_') && token.length !== GUEST_TOKEN_LENGTH;
}

/** The guard comes before the route's own validation, and the database does not take every text. */
function readSlug(request: FastifyRequest): string {
  const slug = slugField.safeParse((request.params as { slug: unknown }).slug);
  if (!slug.success) throw new AppError('not_found', { detail: 'There is no such property.' });
  return slug.data;
}

function readBearer(request: FastifyRequest): string {
  const token = findBearer(request);
  if (token === null) throw new AppError('unauthorized', { detail: 'Send "Authorization: Bearer …".' });
  return token;
}
