import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { sayRefusal } from '../../domain/speech/agent-refusal.ts';
import { AppError } from '../../errors.ts';
import type { FieldError } from '../../errors.ts';
import { agentOf } from '../../http/caller.ts';
import { toProblem } from '../../http/contract/problem.ts';
import { callIdOf, contextOf, contextOfCall } from '../../http/request-context.ts';
import { readDesk } from '../../services/agent/read-desk.ts';
import { waitForFirst } from '../../services/agent/wait-for-first.ts';
import { logAction } from '../../services/log-action.ts';
import type { AgentTool } from './agent-tool.ts';
import { findTool } from './tool-table.ts';

/** A call as it came in, not yet understood. */
export interface RawCall {
  readonly name: string;
  readonly args: unknown;
  /** Its caller's name for it. */
  readonly id: string | null;
  /** The telephone call it belongs to: by it, a call without an id is known when it comes again. */
  readonly conversation: string | null;
}

export const toolAnswerView = z.object({
  ok: z.boolean().describe('Whether what was asked for was done.'),
  say: z.string().describe('One sentence to speak.'),
  data: z.record(z.string(), z.unknown()),
  problem: z
    .looseObject({ code: z.string(), status: z.int(), title: z.string(), detail: z.string() })
    .optional()
    .describe('Why it was not: the problem document that any other caller would get.'),
});
export type ToolAnswer = z.output<typeof toolAnswerView>;

/**
 * Runs one call of a tool and answers it with a sentence to speak; what is refused is an answer too.
 *
 * Throws: not_found for a tool there is not and for a property that is closed; what is nobody's fault but ours.
 */
export async function runTool(
  ctx: Context,
  request: FastifyRequest,
  call: RawCall,
): Promise<{ answer: ToolAnswer; isReplayed: boolean }> {
  const tool = findTool(call.name);
  if (tool === undefined) throw new AppError('not_found', { detail: `There is no tool "${call.name.slice(0, 100)}".` });
  const agent = agentOf(request);
  const desk = await readDesk(ctx, agent.slug);
  const said = dropEmpty(call.args);
  const parsed = tool.args.safeParse(said);
  const scoped = parsed.success ? scopeOf(ctx, request, { ...call, args: said }) : contextOf(ctx, request);
  const action = { event: `agent/${tool.name}` as const, actor: agent.actor, fields: { slug: agent.slug } };
  try {
    const result = await logAction(scoped, action, async () => {
      if (!parsed.success) throw refuseArguments(tool, parsed.error);
      return waitForFirst(() => tool.run({ ctx: scoped, agent, desk }, parsed.data));
    });
    const isReplayed = scoped.request.idempotency?.wasReplayed === true;
    return { answer: { ok: true, say: result.say, data: { ...result.data } }, isReplayed };
  } catch (error) {
    // That we are too busy or broken is told in the words of the transport.
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const { timezone, phone } = desk.property;
    const say = sayRefusal(error, { timezone, phone, now: desk.now });
    return { answer: refusalOf(error, request, say), isReplayed: false };
  }
}

/** A refusal as an answer. */
export function refusalOf(error: AppError, request: FastifyRequest, say: string): ToolAnswer {
  const { say: _, ...problem } = { say, ...toProblem(error, request.id) };
  return { ok: false, say, data: {}, problem };
}

function scopeOf(ctx: Context, request: FastifyRequest, { name, args, id, conversation }: RawCall): Context {
  const known = id ?? (conversation === null ? null : callIdOf(conversation, name, args));
  return contextOfCall(ctx, request, { name, args, id: known });
}

/** What a model leaves empty because nobody said it, is not there. */
function dropEmpty(args: unknown, depth = 0): unknown {
  if (args === undefined) return {};
  // Deeper than any argument is: whatever it is, it is refused as it is.
  if (args === null || typeof args !== 'object' || Array.isArray(args) || depth > 2) return args;
  return Object.fromEntries(
    Object.entries(args)
      .filter(
        ([, value]) => value !== null && value !== undefined && !(typeof value === 'string' && value.trim() === ''),
      )
      .map(([key, value]) => [key, dropEmpty(value, depth + 1)]),
  );
}

function refuseArguments(tool: AgentTool, { issues }: z.ZodError): AppError {
  const errors = issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key.slice(0, 100)].join('.'), message: 'is not known here' }));
  });
  const [first] = errors;
  const detail = first === undefined ? 'The arguments are not valid.' : `${first.path}: ${first.message}`;
  const known = Object.keys(tool.args.shape);
  // What a caller never said is not theirs to say again.
  const isStrange = first !== undefined && !known.includes(first.path.split('.')[0] ?? '');
  const say = 'Sorry, I got that wrong, so let me try again.';
  const content = { detail, errors: errors.slice(0, 20) };
  return new AppError('validation_failed', { ...content, extra: { arguments: known, ...(isStrange && { say }) } });
}
