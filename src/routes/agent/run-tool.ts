import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context, RequestContext } from '../../context.ts';
import { sayRefusal } from '../../domain/speech/agent-refusal.ts';
import { AppError } from '../../errors.ts';
import type { FieldError } from '../../errors.ts';
import { agentOf } from '../../http/access/caller.ts';
import { toProblem } from '../../http/contract/problem.ts';
import { invalidInput, parseInput } from '../../http/validation/parse-input.ts';
import { limitFindings } from '../../http/limits/limit-findings.ts';
import { deriveCallId, contextForToolCall } from '../../http/request-context.ts';
import { readAgentSession } from '../../services/agent/read-agent-session.ts';
import { waitForFirst } from '../../services/core/idempotency/wait-for-first.ts';
import { logAction } from '../../services/core/log/log-action.ts';
import type { AgentTool } from './agent-tool.ts';
import { findTool } from './tool-table.ts';

/** A tool call before validation. */
export interface RawCall {
  readonly name: string;
  readonly args: unknown;
  /** The caller's id of the call. */
  readonly id: string | null;
  /** Id of the telephone call, which identifies repeats of a tool call without an id. */
  readonly conversation: string | null;
}

export const toolAnswerView = z.object({
  ok: z.boolean().describe('True when the request was carried out.'),
  say: z.string().describe('One sentence to speak.'),
  data: z.record(z.string(), z.unknown()),
  problem: z
    .looseObject({ code: z.string(), status: z.int(), title: z.string(), detail: z.string() })
    .optional()
    .describe('The problem document of a failed request, as other callers get.'),
});
export type ToolAnswer = z.output<typeof toolAnswerView>;

/**
 * Runs one tool call and returns an answer with a sentence to speak. A business error is an answer too.
 *
 * Throws: not_found for an unknown tool or a closed property; server errors.
 */
export async function runTool(
  ctx: Context,
  request: FastifyRequest,
  call: RawCall,
): Promise<{ answer: ToolAnswer; isReplayed: boolean }> {
  const tool = findTool(call.name);
  if (tool === undefined) throw new AppError('not_found', { detail: `There is no tool "${call.name.slice(0, 100)}".` });
  const agent = agentOf(request);
  const session = await readAgentSession(ctx, agent.slug);
  const input = dropEmpty(call.args);
  const { errors, value } = parseInput(tool.args, input);
  const scoped = errors === undefined ? contextOf(request, { ...call, args: input }) : request.ctx;
  const action = { event: `agent/${tool.name}` as const, fields: { slug: agent.slug } };
  try {
    const result = await logAction(scoped, action, async () => {
      if (errors !== undefined) throw toArgumentsError(tool, errors);
      const run = () => waitForFirst(() => tool.run({ ctx: scoped, agent, session }, value));
      return tool.findsBooking === true ? limitFindings(request, ctx.config, run) : run();
    });
    const isReplayed = scoped.request.idempotency?.wasReplayed === true;
    return { answer: { ok: true, say: result.say, data: { ...result.data } }, isReplayed };
  } catch (error) {
    // Server errors are reported in the format of the transport.
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const { timezone, phone } = session.property;
    const say = sayRefusal(error, { timezone, phone, now: session.now });
    return { answer: toErrorAnswer(error, request, say), isReplayed: false };
  }
}

/** Converts an error to an answer. */
export function toErrorAnswer(error: AppError, request: FastifyRequest, say: string): ToolAnswer {
  const { say: _, ...problem } = { say, ...toProblem(error, request.id) };
  return { ok: false, say, data: {}, problem };
}

function contextOf(request: FastifyRequest, { name, args, id, conversation }: RawCall): RequestContext {
  const known = id ?? (conversation === null ? null : deriveCallId(conversation, name, args));
  return contextForToolCall(request, { name, args, id: known });
}

/** Drops empty arguments: models send an empty value for information the caller did not give. */
function dropEmpty(args: unknown, depth = 0): unknown {
  if (args === undefined) return {};
  // Arguments are at most two levels deep; deeper values fail validation.
  if (args === null || typeof args !== 'object' || Array.isArray(args) || depth > 2) return args;
  return Object.fromEntries(
    Object.entries(args)
      .filter(
        ([, value]) => value !== null && value !== undefined && !(typeof value === 'string' && value.trim() === ''),
      )
      .map(([key, value]) => [key, dropEmpty(value, depth + 1)]),
  );
}

function toArgumentsError(tool: AgentTool, errors: readonly FieldError[]): AppError {
  const [first] = errors;
  const known = Object.keys(tool.args.shape);
  // The caller cannot repeat an argument that only the model invented.
  const isUnknown = first !== undefined && !known.includes(first.path.split('.')[0] ?? '');
  const say = 'Sorry, I got that wrong, so let me try again.';
  const { detail } = invalidInput(errors).content;
  return new AppError('validation_failed', {
    ...(detail !== undefined && { detail }),
    errors,
    extra: { arguments: known, ...(isUnknown && { say }) },
  });
}
