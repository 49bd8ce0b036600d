import type { z } from 'zod';
import type { RequestContext } from '../../context.ts';
import type { AgentSession } from '../../services/agent/read-agent-session.ts';
import type { AgentAccess } from '../../services/platform/auth/authenticate-agent.ts';

/** One tool call with its agent and session. */
export interface ToolCall {
  readonly ctx: RequestContext;
  readonly agent: AgentAccess;
  readonly session: AgentSession;
}

export interface ToolResult {
  /** One sentence to speak. */
  readonly say: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A tool for agents. One schema validates the arguments and is shown to the model. */
export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly args: z.ZodObject;
  /** Valid example arguments. */
  readonly example: Readonly<Record<string, unknown>>;
  /** True when the tool changes nothing. */
  readonly isReading: boolean;
  /** True when the tool finds a booking by what its caller knows, which others could guess. */
  readonly findsBooking?: boolean;
  run(call: ToolCall, args: unknown): Promise<ToolResult>;
}

/** Defines a tool with typed arguments; the table of tools holds the untyped form. */
export function defineTool<Args extends z.ZodObject>(
  tool: Omit<AgentTool, 'args' | 'run'> & {
    readonly args: Args;
    run(call: ToolCall, args: z.output<Args>): Promise<ToolResult>;
  },
): AgentTool {
  return { ...tool, run: (call, args) => tool.run(call, args as z.output<Args>) };
}
