import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { sayRefusal } from '../../../domain/speech/agent-refusal.ts';
import { shorten } from '../../../domain/speech/shorten.ts';
import { AppError } from '../../../errors.ts';
import { slug } from '../../../http/contract/fields.ts';
import { countAgainst } from '../../../http/limits/limits.ts';
import { CALLER_LIMITS } from '../../../http/limits/rate-limits.ts';
import { operation } from '../../../http/contract/operation.ts';
import { envelope, openEnvelope } from './envelopes.ts';
import { toErrorAnswer, runTool } from '../run-tool.ts';
import type { RawCall, ToolAnswer } from '../run-tool.ts';
import { exampleToolAnswer, MAX_ANSWER_CHARACTERS } from './tool-routes.ts';

const results = z.object({ results: z.array(z.object({ toolCallId: z.string(), result: z.string() })) });
const outputs = z.object({ tool_outputs: z.array(z.object({ tool_call_id: z.string(), output: z.string() })) });
const exampleText = JSON.stringify(exampleToolAnswer);

const run = operation({
  id: 'callAgentTools',
  summary: 'Calls tools in the envelope format of a voice platform',
  description:
    'A list of calls with ids (`message.toolCallList`, returned as `results`), OpenAI’s `tool_calls` (returned as ' +
    '`tool_outputs`), or one call as `{name, args, call}` (returned without envelope). Each call gets its own answer, ' +
    'with status 200 also after a business error. The id of a call is its idempotency key; for a call without an id the ' +
    'key is derived from the telephone call, the tool and the arguments.',
  tag: 'Agents',
  needsLogin: true,
  params: z.object({ slug }),
  body: envelope,
  answers: {
    200: z.union([results, outputs, z.looseObject({ ok: z.boolean(), say: z.string() })]).meta({
      examples: [
        { results: [{ toolCallId: 'call_1', result: exampleText }] },
        { tool_outputs: [{ tool_call_id: 'call_1', output: exampleText }] },
        exampleToolAnswer,
      ],
    }),
  },
  isIdempotent: true,
});

export const agentEnvelopeRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const count = (request: FastifyRequest) => countAgainst(request, ctx.config, CALLER_LIMITS.agent);

    app.post('/tools', run, async (request) => {
      const { calls, seal } = openEnvelope(request.body);
      const answers: ToolAnswer[] = [];
      // Sequential and in order: a later call may build on an earlier call.
      for (const [index, call] of calls.entries()) {
        answers.push(await answerCall(ctx, request, call, index === 0 ? null : count));
      }
      // Answers leave as JSON inside JSON, so the escaped length is measured.
      const room = Math.floor(MAX_ANSWER_CHARACTERS / calls.length) - 300;
      const measure = (answer: ToolAnswer) => JSON.stringify(JSON.stringify(answer)).length;
      return seal(answers.map((answer) => shorten(answer, room, measure)));
    });
  };

/** Answers one call, errors included. `count` counts every call but the first against the rate limit. */
async function answerCall(
  ctx: Context,
  request: FastifyRequest,
  call: RawCall,
  count: ((request: FastifyRequest) => Promise<void>) | null,
): Promise<ToolAnswer> {
  try {
    await count?.(request);
    return (await runTool(ctx, request, call)).answer;
  } catch (thrown) {
    const isAppError = thrown instanceof AppError;
    if (!isAppError) request.log.error({ err: thrown, url: request.routeOptions.url }, 'internal_error');
    const error = isAppError ? thrown : new AppError('internal_error');
    return toErrorAnswer(error, request, sayRefusal(error, { timezone: 'UTC', phone: null, now: new Date(0) }));
  }
}
