import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../domain/booking/booking.ts';
import { hasPermission } from '../../domain/access/permissions.ts';
import type { StaffRole } from '../../domain/access/permissions.ts';
import type { AgentAccess } from '../../services/platform/auth/authenticate-agent.ts';
import type { GuestAccess } from '../../services/platform/auth/authenticate-guest.ts';
import type { Listener } from '../../services/platform/realtime/authorize-channel.ts';
import type { SignedInUser } from '../../services/platform/auth/authenticate-user.ts';

/** The authenticated caller of a request. */
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
    /** Set only by the guard of the route's scope. */
    caller: Caller;
  }
}

export type StaffCaller = Extract<Caller, { type: 'STAFF' }>;

/** Returns the calling member of staff. Only for routes in a staff scope. */
export function staffOf(request: FastifyRequest): StaffCaller {
  const { caller } = request;
  if (caller.type !== 'STAFF') throw new Error('Bug: a staff route outside the staff scope');
  return caller;
}

/** Returns the calling guest. Only for routes in a guest scope. */
export function guestOf(request: FastifyRequest): GuestAccess {
  const { caller } = request;
  if (caller.type !== 'GUEST') throw new Error('Bug: a guest route outside the guest scope');
  return caller.access;
}

/** Returns the calling agent. Only for routes in an agent scope. */
export function agentOf(request: FastifyRequest): AgentAccess {
  const { caller } = request;
  if (caller.type !== 'AGENT') throw new Error('Bug: an agent route outside the agent scope');
  return caller.access;
}

/** Returns the caller as a realtime listener. Only for routes open to users and guests. */
export function listenerOf(request: FastifyRequest): Listener {
  const { caller } = request;
  if (caller.type === 'GUEST') return { guest: caller.access };
  if (caller.type === 'USER') return { userId: caller.user.id };
  throw new Error('Bug: a route for listeners without their guard');
}

/** Returns the signed-in user. */
export function userOf(request: FastifyRequest): SignedInUser {
  const { caller } = request;
  if (caller.type !== 'USER' && caller.type !== 'STAFF') throw new Error('Bug: a route for users without a guard');
  return caller.user;
}

/** Names the actor of a request by its caller. An anonymous caller is a guest. */
export function actorOf({ caller }: FastifyRequest): Actor {
  switch (caller.type) {
    case 'ANYONE':
      return { type: 'GUEST', id: null, name: null };
    case 'USER':
    case 'STAFF':
      return { type: 'STAFF', id: caller.user.id, name: caller.user.firstName };
    case 'GUEST':
      return { type: 'GUEST', id: caller.access.tokenId, name: null };
    case 'AGENT':
      return { type: 'AGENT', id: caller.access.keyId, name: null };
  }
}

/** Tells whether the caller's role or link includes changes of a wallet. */
export function canChangeWallet({ caller }: FastifyRequest): boolean {
  if (caller.type === 'STAFF') return hasPermission(caller.role, 'wallet.change');
  return caller.type === 'GUEST' && caller.access.capabilities.includes('WALLET');
}

/** Names the caller for idempotency scopes; anonymous callers share the property's name. */
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
