import { z } from 'zod';
import type { AgentTool } from './agent-tool.ts';

/** The JSON schema of a tool's arguments, as shown to the model. */
export interface ArgumentsSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, { readonly type?: string; readonly description?: string }>>;
  readonly required?: readonly string[];
}

/** Converts the schema of a tool's arguments to JSON schema. */
export function describeArguments({ args }: AgentTool): ArgumentsSchema {
  return z.toJSONSchema(args, { io: 'input' }) as unknown as ArgumentsSchema;
}
