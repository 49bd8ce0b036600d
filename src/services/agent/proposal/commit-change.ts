import type { Context } from '../../../context.ts';
import { withRetries } from '../../../db/transaction.ts';
import type { Actor } from '../../../domain/booking.ts';
import { AppError } from '../../../errors.ts';
import type { GatewayAction } from '../../gateway/act-with-gateway.ts';
import { applyChange } from './apply-change.ts';
import type { Change } from './apply-change.ts';
import { hashProposalToken } from './proposal-token.ts';

interface Claimed {
  readonly code: string;
  readonly version: number;
  readonly params: Change;
}

/**
 * Makes the change that was proposed, unless the booking has changed since.
 *
 * A token is good once: it is spent before the change, so that no failure in between does it twice. A repeat of the same
 * call may use it again, and gets the first answer.
 * Throws: proposal_invalid, version_conflict, and whatever the change itself throws.
 */
export async function commitChange(
  ctx: Context,
  input: {
    readonly propertyId: string;
    readonly actor: Actor;
    readonly token: string;
    readonly action: Change['action'];
    /** The booking the caller speaks of; null: whichever was proposed. */
    readonly code: string | null;
  },
): Promise<GatewayAction> {
  const { propertyId, actor } = input;
  const { code, version, params } = await claimProposal(ctx, input);
  return applyChange(ctx, { propertyId, code, actor, ifVersion: version, change: params });
}

async function claimProposal(
  ctx: Context,
  input: { token: string; actor: Actor; action: string; code: string | null },
): Promise<Claimed> {
  const { token, actor, action, code } = input;
  const request = ctx.request.idempotency;
  const usedBy = request === null ? null : `${request.scope} ${request.key}`;
  const tokenHash = hashProposalToken(actor.id ?? '', token);
  const rows = await withRetries(() =>
    ctx.request.isDryRun
      ? ctx.db.$queryRaw<Claimed[]>`
          SELECT b.code, p.version, p.params FROM agent_proposals p JOIN bookings b ON b.id = p.booking_id
          WHERE p.token_hash = ${tokenHash} AND p.action = ${action} AND (${code}::text IS NULL OR b.code = ${code}::text)
            AND p.used_at IS NULL AND p.expires_at > app_now()`
      : ctx.db.$queryRaw<Claimed[]>`
          UPDATE agent_proposals p SET used_at = coalesce(p.used_at, app_now()), used_by = ${usedBy}::text
          FROM bookings b
          WHERE b.id = p.booking_id AND p.token_hash = ${tokenHash} AND p.action = ${action}
            AND (${code}::text IS NULL OR b.code = ${code}::text)
            AND (p.used_at IS NULL AND p.expires_at > app_now() OR p.used_by = ${usedBy}::text)
          RETURNING b.code, p.version, p.params`,
  );
  const [claimed] = rows;
  if (claimed === undefined) {
    throw new AppError('proposal_invalid', { detail: 'It was used, is too old, or was for something else.' });
  }
  return claimed;
}
