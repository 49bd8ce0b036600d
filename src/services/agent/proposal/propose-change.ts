import { randomUUIDv7 } from 'node:crypto';
import type { RequestContext } from '../../../context.ts';
import type { Prisma } from '../../../db/client.ts';
import { readClock } from '../../../db/connection/clock.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { applyChange } from './apply-change.ts';
import type { Change } from './apply-change.ts';
import { hashProposalToken, makeProposalToken } from './proposal-token.ts';

/** Time for the agent to read the change to the caller, answer a question and get an agreement. */
const PROPOSAL_MINUTES = 10;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface Proposal {
  /** The booking after the change. */
  readonly preview: BookingSnapshot;
  /** Commits the change, once. Null in a dry run. */
  readonly token: string | null;
  readonly expiresAt: Date;
}

/**
 * Previews a change by a dry run, and stores the proposal until the caller agrees.
 *
 * A change that can not be made is refused here. The proposal fixes provider and start, so that the commit makes the
 * change that the caller was read.
 * Throws: the errors of the change.
 */
export async function proposeChange(
  ctx: RequestContext,
  input: {
    readonly booking: BookingSnapshot;
    readonly propertyId: string;
    readonly change: Change;
  },
): Promise<Proposal> {
  const { booking, propertyId, change } = input;
  const dry = { ...ctx, request: { ...ctx.request, isDryRun: true } };
  const ifVersion = booking.version;
  const { booking: preview } = await applyChange(dry, { code: booking.code, propertyId, ifVersion, change });
  const now = await readClock(ctx.db);
  const expiresAt = new Date(now.getTime() + PROPOSAL_MINUTES * MINUTE_MS);
  if (ctx.request.isDryRun) return { preview, token: null, expiresAt };
  const keyId = ctx.author.actor.id;
  if (keyId === null) throw new Error('Bug: an agent without a key');
  const token = makeProposalToken();
  // Proposals of yesterday have expired.
  await ctx.db.agentProposal.deleteMany({ where: { keyId, expiresAt: { lt: new Date(now.getTime() - DAY_MS) } } });
  await ctx.db.agentProposal.create({
    data: {
      id: randomUUIDv7(),
      keyId,
      bookingId: booking.id,
      version: ifVersion,
      expiresAt,
      tokenHash: hashProposalToken(keyId, token),
      action: change.action,
      params: resolveChange(change, preview) as unknown as Prisma.InputJsonObject,
    },
  });
  return { preview, token, expiresAt };
}

/** Replaces the requested start and provider by the previewed values. */
function resolveChange(change: Change, { startsAt, appointment }: BookingSnapshot): Change {
  if (change.action !== 'reschedule' || change.to.kind !== 'APPOINTMENT' || appointment === null) return change;
  return { ...change, to: { ...change.to, startsAt, provider: appointment.provider.code } };
}
