import type { FastifyRequest } from 'fastify';
import type { Actor } from '../domain/booking.ts';
import type { StaffRole } from '../domain/access/permissions.ts';
import type { AgentAccess } from '../services/auth/authenticate-agent.ts';
import type { GuestAccess } from '../services/auth/authenticate-guest.ts';
import type { Listener } from '../services/realtime/authorize-channel.ts';
import type { SignedInUser } from '../services/auth/authenticate-user.ts';

/** Who is calling, once a guard has let them in. */
export type Caller =
  | { readonly type: 'ANYONE' }
  | { readonly type: 'USER'; readonly user: SignedInUser }
  | {
      readonly type: 'STAFF';
      readonly user: SignedInUser;
      readonly propertyId: string;
      readonly slug: string;
      readonly role: StaffRole;
    }
  | { readonly type: 'GUEST'; readonly access: GuestAccess }
  | { readonly type: 'AGENT'; readonly access: AgentAccess };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of the route's scope, and by nothing else. */
    caller: Caller;
  }
}

export type StaffCaller = Extract<Caller, { type: 'STAFF' }>;

/** The member of staff who calls. Only for routes in the staff scope. */
export function staffOf(request: FastifyRequest): StaffCaller & { readonly actor: Actor } {
  const { caller } = request;
  if (caller.type !== 'STAFF') throw new Error('Bug: a staff route outside the staff scope');
  return { ...caller, actor: { type: 'STAFF', id: caller.user.id, name: caller.user.firstName } };
}

/** The guest who calls. Only for routes in the guest scope. */
export function guestOf(request: FastifyRequest): GuestAccess & { readonly actor: Actor } {
  const { caller } = request;
  if (caller.type !== 'GUEST') throw new Error('Bug: a guest route outside the guest scope');
  return { ...caller.access, actor: { type: 'GUEST', id: caller.access.tokenId, name: null } };
}

/** The agent that calls, by its key. Only for routes in the agent scope. */
export function agentOf(request: FastifyRequest): AgentAccess & { readonly actor: Actor } {
  const { caller } = request;
  if (caller.type !== 'AGENT') throw new Error('Bug: an agent route outside the agent scope');
  return { ...caller.access, actor: { type: 'AGENT', id: caller.access.keyId, name: null } };
}

/** Who wants to listen. Only for routes that let in both staff and guests. */
export function listenerOf(request: FastifyRequest): Listener {
  const { caller } = request;
  if (caller.type === 'GUEST') return { guest: caller.access };
  if (caller.type === 'USER') return { userId: caller.user.id };
  throw new Error('Bug: a route for listeners without their guard');
}

/** The signed-in user who calls. */
export function userOf(request: FastifyRequest): SignedInUser {
  const { caller } = request;
  if (caller.type !== 'USER' && caller.type !== 'STAFF') throw new Error('Bug: a route for users without a guard');
  return caller.user;
}

/** Names the caller for what is kept per caller; an anonymous one is the property. */
export function nameCaller(request: FastifyRequest): string {
  const { caller } = request;
  switch (caller.type) {
    case 'ANYONE':
      return `anyone:${(request.params as { slug?: string }).slug ?? ''}`;
    case 'USER':
      return `user:${caller.user.id}`;
    case 'STAFF':
      return `user:${caller.user.id}@${caller.slug}`;
    case 'GUEST':
      return `guest:${caller.access.bookingId}`;
    case 'AGENT':
      return `agent:${caller.access.keyId}`;
  }
}
