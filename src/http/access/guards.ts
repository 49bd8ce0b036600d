import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { hasPermission } from '../../domain/access/permissions.ts';
import { AppError } from '../../errors.ts';
import { findBearer } from '../contract/bearer.ts';
import type { Caller } from './caller.ts';
import { slug as slugField } from '../contract/fields.ts';
import { limitGuesses } from '../limits/limits.ts';
import { authenticateAgent } from '../../services/platform/auth/authenticate-agent.ts';
import { authenticateGuest } from '../../services/platform/auth/authenticate-guest.ts';
import { authenticateStaff } from '../../services/platform/auth/authenticate-staff.ts';
import { authenticateUser } from '../../services/platform/auth/authenticate-user.ts';

/** Authenticates the callers of a scope before the body is read. */
export type Guard = (app: FastifyInstance, ctx: Context) => void;

/** Characters of 256 bits in base64url. */
const GUEST_TOKEN_LENGTH = 43;

/** Admits every caller without authentication. */
export const openToAnyone: Guard = (app) => {
  app.addHook('onRequest', (request, _reply, done) => {
    request.caller = { type: 'ANYONE' };
    done();
  });
};

/** Admits signed-in users. */
export const usersOnly: Guard = (app, ctx) => {
  authenticateScope(app, ctx, async (request) => ({
    type: 'USER',
    user: await authenticateUser(ctx, readBearer(request)),
  }));
};

/** Admits platform administrators. */
export const adminsOnly: Guard = (app, ctx) => {
  authenticateScope(app, ctx, async (request) => {
    const user = await authenticateUser(ctx, readBearer(request));
    if (!user.isPlatformAdmin) throw new AppError('forbidden');
    return { type: 'USER', user };
  });
};

/** Admits staff of the property whose role includes the route's permission. Answers other staff with not_found. */
export const staffOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.permission === undefined) throw new Error(`Bug: ${route.url} names no permission`);
  });
  authenticateScope(app, ctx, (request) => identifyStaff(ctx, request));
};

/** Admits guest tokens with the route's capability. */
export const guestsOnly: Guard = (app, ctx) => {
  app.addHook('onRoute', (route) => {
    if (route.config?.capability === undefined) throw new Error(`Bug: ${route.url} names no capability`);
  });
  authenticateScope(app, ctx, (request) => identifyGuest(ctx, request));
};

/** Admits staff with the route's permission and guest tokens of the property with the route's capability. */
export const staffAndGuests: Guard = (app, ctx) => {
  requirePermissionAndCapability(app);
  authenticateScope(app, ctx, (request) => identifyStaffOrGuest(ctx, request));
};

/** Admits staff, guests and agents of the property. The route checks which booking an agent may access. */
export const staffGuestsAndAgents: Guard = (app, ctx) => {
  requirePermissionAndCapability(app);
  authenticateScope(app, ctx, (request) =>
    isApiKey(readBearer(request)) ? identifyAgent(ctx, request) : identifyStaffOrGuest(ctx, request),
  );
};

/** Admits agents by API key; a path with a slug accepts only keys of that property and answers others with not_found. */
export const agentsOnly: Guard = (app, ctx) => {
  authenticateScope(app, ctx, (request) => identifyAgent(ctx, request));
};

/** Admits signed-in users and guest tokens. The route checks what each caller may access. */
export const usersAndGuests: Guard = (app, ctx) => {
  authenticateScope(app, ctx, async (request) => {
    const token = readBearer(request);
    // Access tokens are JWTs with dots; guest tokens have no dots.
    if (token.includes('.')) return { type: 'USER', user: await authenticateUser(ctx, token) };
    return { type: 'GUEST', access: await authenticateGuest(ctx, token) };
  });
};

/** Authenticates every request of the scope, and counts each failure against the caller's address. */
function authenticateScope(
  app: FastifyInstance,
  ctx: Context,
  identify: (request: FastifyRequest) => Promise<Caller>,
): void {
  const countGuess = limitGuesses(ctx.config);
  app.addHook('onRequest', async (request) => {
    try {
      request.caller = await identify(request);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) await countGuess(request);
      throw error;
    }
  });
}

/** Requires every route of the scope to name a permission for staff and a capability for guests. */
function requirePermissionAndCapability(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const { permission, capability } = route.config ?? {};
    if (permission === undefined || capability === undefined) {
      throw new Error(`Bug: ${route.url} names no permission and capability`);
    }
  });
}

async function identifyStaffOrGuest(ctx: Context, request: FastifyRequest): Promise<Caller> {
  // Access tokens are JWTs with dots; guest tokens have no dots.
  if (readBearer(request).includes('.')) return identifyStaff(ctx, request);
  const guest = await identifyGuest(ctx, request);
  if (guest.access.propertySlug !== readSlug(request)) {
    throw new AppError('not_found', { detail: 'This token belongs to a booking of another property.' });
  }
  return guest;
}

async function identifyStaff(ctx: Context, request: FastifyRequest): Promise<Caller> {
  const staff = await authenticateStaff(ctx, { token: readBearer(request), slug: readSlug(request) });
  const { permission } = request.routeOptions.config;
  if (permission === undefined || !hasPermission(staff.role, permission)) {
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

/** Recognizes API keys. A random guest token may share the prefix but has another length. */
function isApiKey(token: string): boolean {
  return token.startsWith('hf_') && token.length !== GUEST_TOKEN_LENGTH;
}

/** Validates the slug, because a guard runs before the route's validation and Postgres rejects some text. */
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
