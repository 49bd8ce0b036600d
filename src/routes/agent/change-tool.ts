import type { BookingSnapshot } from '../../domain/booking.ts';
import type { Change } from '../../services/agent/proposal/apply-change.ts';
import { commitChange } from '../../services/agent/proposal/commit-change.ts';
import { proposeChange } from '../../services/agent/proposal/propose-change.ts';
import { viewAgentBooking } from './agent-booking.ts';
import type { ToolCall, ToolResult } from './agent-tool.ts';
import { readCode } from './hearing/known-booking.ts';

/**
 * Tries a change and reads it back, with the token that confirms it. Nothing is changed.
 *
 * `terms` is what else of it a caller may want to know before they say yes.
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
  const { propertyId, actor } = agent;
  const { preview, token, expiresAt } = await proposeChange(ctx, { booking, propertyId, actor, change });
  const becomes = viewAgentBooking(preview);
  const until = expiresAt.toISOString();
  const proposal = { action: change.action, confirm: token, expiresAt: until, becomes, ...input.terms?.(preview) };
  return { say: input.say(preview), data: { proposal, booking: viewAgentBooking(booking), isChanged: false } };
}

/** Makes the change that was proposed. Only the token counts; a code, where there is one, must be the proposal's. */
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
  const { propertyId, actor } = agent;
  const code = readCode(input.code);
  const { booking, isPending } = await commitChange(ctx, { propertyId, actor, token, action, code });
  return { say: input.say(booking), data: { booking: viewAgentBooking(booking), isChanged: true, isPending } };
}
