import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import type { Desk } from '../../services/agent/read-desk.ts';
import type { AgentAccess } from '../../services/auth/authenticate-agent.ts';

/** One call of a tool: by whom, and what they have before them. */
export interface ToolCall {
  readonly ctx: Context;
  readonly agent: AgentAccess & { readonly actor: Actor };
  readonly desk: Desk;
}

export interface ToolResult {
  /** One sentence to speak. */
  readonly say: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Something an agent can do: what validates its arguments is what the model is shown. */
export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly args: z.ZodObject;
  /** Arguments to show. They would be accepted. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Changes nothing. */
  readonly isReading: boolean;
  run(call: ToolCall, args: unknown): Promise<ToolResult>;
}

/** Types a tool by its own arguments; in the table all look alike. */
export function defineTool<Args extends z.ZodObject>(
  tool: Omit<AgentTool, 'args' | 'run'> & {
    readonly args: Args;
    run(call: ToolCall, args: z.output<Args>): Promise<ToolResult>;
  },
): AgentTool {
  return { ...tool, run: (call, args) => tool.run(call, args as z.output<Args>) };
}
