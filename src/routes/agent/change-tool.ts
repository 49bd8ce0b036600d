import type { BookingSnapshot } from '../../domain/booking/booking.ts';
import type { Change } from '../../services/agent/proposal/apply-change.ts';
import { commitChange } from '../../services/agent/proposal/commit-change.ts';
import { proposeChange } from '../../services/agent/proposal/propose-change.ts';
import { viewAgentBooking } from './agent-booking.ts';
import type { ToolCall, ToolResult } from './agent-tool.ts';
import { readCode } from './parsing/known-booking.ts';

/**
 * Previews a change and returns the token that confirms the change. Writes only the proposal.
 *
 * `terms` adds conditions the caller may want to know before agreeing.
 */
export async function propose(
  { ctx, agent }: ToolCall,
  input: {
    booking: BookingSnapshot;
    change: Change;
    say: (preview: BookingSnapshot) => string;
    terms?: (preview: BookingSnapshot) => object;
  },
): Promise<ToolResult> {
  const { booking, change } = input;
  const { propertyId } = agent;
  const { preview, token, expiresAt } = await proposeChange(ctx, { booking, propertyId, change });
  const becomes = viewAgentBooking(preview);
  const until = expiresAt.toISOString();
  const proposal = { action: change.action, confirm: token, expiresAt: until, becomes, ...input.terms?.(preview) };
  return { say: input.say(preview), data: { proposal, booking: viewAgentBooking(booking), isChanged: false } };
}

/** Applies a proposed change by its token. A code, when sent, must equal the proposal's code. */
export async function commit(
  { ctx, agent }: ToolCall,
  input: {
    action: Change['action'];
    token: string;
    code: string | undefined;
    say: (booking: BookingSnapshot) => string;
  },
): Promise<ToolResult> {
  const { action, token } = input;
  const { propertyId } = agent;
  const code = readCode(input.code);
  const { booking, isPending } = await commitChange(ctx, { propertyId, token, action, code });
  return { say: input.say(booking), data: { booking: viewAgentBooking(booking), isChanged: true, isPending } };
}
