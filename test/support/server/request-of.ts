import { randomUUIDv7 } from 'node:crypto';
import type { Context, RequestContext } from '../../../src/context.ts';
import { SYSTEM } from '../../../src/domain/booking/booking.ts';
import type { Actor } from '../../../src/domain/booking/booking.ts';
import { makeRequestContext } from '../../../src/http/request-context.ts';

/** Makes the context of a request by this actor, as an owner where it is staff, without a key and not dry, for use cases that a test calls itself. */
export function requestOf(ctx: Context, actor: Actor = SYSTEM): RequestContext {
  const id = randomUUIDv7();
  const request = { id, network: '192.0.2.0/24', isDryRun: false, idempotency: null, announcements: [] };
  return makeRequestContext(ctx, {
    author: { actor, requestId: id, canChangeWallet: actor.type === 'STAFF' },
    request,
  });
}
