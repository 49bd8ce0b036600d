import { z } from 'zod';
import type { AgentTool } from './agent-tool.ts';

/** What a model is shown of a tool's arguments: the JSON schema of what validates them. */
export interface ArgumentsSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** The JSON schema of a tool's arguments. */
export function describeArguments({ args }: AgentTool): ArgumentsSchema {
  return z.toJSONSchema(args, { io: 'input' }) as unknown as ArgumentsSchema;
}
