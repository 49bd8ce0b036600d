import type { RequestContext } from '../../../context.ts';
import { withRetries } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import type { GatewayAction } from '../../money/gateway/act-with-gateway.ts';
import { applyChange } from './apply-change.ts';
import type { Change } from './apply-change.ts';
import { hashProposalToken } from './proposal-token.ts';
import { readStoredChange } from './stored-change.ts';

interface ClaimedProposal {
  readonly code: string;
  readonly version: number;
  readonly params: unknown;
}

/**
 * Applies a proposed change, unless the booking has changed since.
 *
 * A token is marked as used before the change, so that no crash in between applies the change twice.
 * Idempotent: a repeat with the same idempotency key may use the token again, and gets the stored response.
 * Throws: proposal_invalid, version_conflict, the errors of the change.
 */
export async function commitChange(
  ctx: RequestContext,
  input: {
    readonly propertyId: string;
    readonly token: string;
    readonly action: Change['action'];
    /** The code of the booking; null: the booking of the proposal. */
    readonly code: string | null;
  },
): Promise<GatewayAction> {
  const { propertyId } = input;
  const { code, version, params } = await claimProposal(ctx, input);
  return applyChange(ctx, { propertyId, code, ifVersion: version, change: readStoredChange(params) });
}

async function claimProposal(
  ctx: RequestContext,
  input: { token: string; action: string; code: string | null },
): Promise<ClaimedProposal> {
  const { token, action, code } = input;
  const request = ctx.request.idempotency;
  const usedBy = request === null ? null : `${request.scope} ${request.key}`;
  const tokenHash = hashProposalToken(ctx.author.actor.id ?? '', token);
  const rows = await withRetries(() =>
    ctx.request.isDryRun
      ? ctx.db.$queryRaw<ClaimedProposal[]>`
          SELECT b.code, p.version, p.params FROM agent_proposals p JOIN bookings b ON b.id = p.booking_id
          WHERE p.token_hash = ${tokenHash} AND p.action = ${action} AND (${code}::text IS NULL OR b.code = ${code}::text)
            AND p.used_at IS NULL AND p.expires_at > app_now()`
      : ctx.db.$queryRaw<ClaimedProposal[]>`
          UPDATE agent_proposals p SET used_at = coalesce(p.used_at, app_now()), used_by = ${usedBy}::text
          FROM bookings b
          WHERE b.id = p.booking_id AND p.token_hash = ${tokenHash} AND p.action = ${action}
            AND (${code}::text IS NULL OR b.code = ${code}::text)
            AND (p.used_at IS NULL AND p.expires_at > app_now() OR p.used_by = ${usedBy}::text)
          RETURNING b.code, p.version, p.params`,
  );
  const [claimed] = rows;
  if (claimed === undefined) {
    throw new AppError('proposal_invalid', {
      detail: 'It was used, has expired, or is for another change. Propose the change again.',
    });
  }
  return claimed;
}
