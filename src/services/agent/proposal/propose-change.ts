import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../../context.ts';
import type { Prisma } from '../../../db/client.ts';
import { readClock } from '../../../db/clock.ts';
import type { Actor, BookingSnapshot } from '../../../domain/booking.ts';
import { applyChange } from './apply-change.ts';
import type { Change } from './apply-change.ts';
import { hashProposalToken, makeProposalToken } from './proposal-token.ts';

/** Long enough to read a sentence back and hear a yes, with a question in between. */
const PROPOSAL_MINUTES = 10;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface Proposal {
  /** The booking as it would be. */
  readonly preview: BookingSnapshot;
  /** Confirms it, once. Null in a dry run. */
  readonly token: string | null;
  readonly expiresAt: Date;
}

/**
 * Tries a change without making it, and keeps it until the caller says yes.
 *
 * What could not be done is refused here already. Who would do it is settled with it, so that what is read back is done.
 * Throws: whatever the change itself throws.
 */
export async function proposeChange(
  ctx: Context,
  input: {
    readonly booking: BookingSnapshot;
    readonly propertyId: string;
    readonly actor: Actor;
    readonly change: Change;
  },
): Promise<Proposal> {
  const { booking, propertyId, actor, change } = input;
  const dry = { ...ctx, request: { ...ctx.request, isDryRun: true } };
  const ifVersion = booking.version;
  const { booking: preview } = await applyChange(dry, { code: booking.code, propertyId, actor, ifVersion, change });
  const now = await readClock(ctx.db);
  const expiresAt = new Date(now.getTime() + PROPOSAL_MINUTES * MINUTE_MS);
  if (ctx.request.isDryRun) return { preview, token: null, expiresAt };
  const keyId = actor.id;
  if (keyId === null) throw new Error('Bug: an agent without a key');
  const token = makeProposalToken();
  // Nobody asks for those of yesterday.
  await ctx.db.agentProposal.deleteMany({ where: { keyId, expiresAt: { lt: new Date(now.getTime() - DAY_MS) } } });
  await ctx.db.agentProposal.create({
    data: {
      ...{ id: randomUUIDv7(), keyId, bookingId: booking.id, version: ifVersion, expiresAt },
      tokenHash: hashProposalToken(keyId, token),
      action: change.action,
      params: settle(change, preview) as unknown as Prisma.InputJsonObject,
    },
  });
  return { preview, token, expiresAt };
}

function settle(change: Change, { startsAt, appointment }: BookingSnapshot): Change {
  if (change.action !== 'reschedule' || appointment === null) return change;
  return { ...change, to: { ...change.to, startsAt, provider: appointment.provider.code } };
}
