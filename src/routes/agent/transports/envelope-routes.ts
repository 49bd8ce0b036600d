import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { sayRefusal } from '../../../domain/speech/agent-refusal.ts';
import { shorten } from '../../../domain/speech/shorten.ts';
import { AppError } from '../../../errors.ts';
import { slug } from '../../../http/contract/fields.ts';
import { countAgainst, RATE_LIMITS } from '../../../http/limits/limits.ts';
import { operation } from '../../../http/contract/operation.ts';
import { envelope, openEnvelope } from './envelopes.ts';
import { refusalOf, runTool } from '../run-tool.ts';
import type { RawCall, ToolAnswer } from '../run-tool.ts';
import { exampleToolAnswer, MAX_ANSWER_CHARACTERS } from './tool-routes.ts';

const results = z.object({ results: z.array(z.object({ toolCallId: z.string(), result: z.string() })) });
const outputs = z.object({ tool_outputs: z.array(z.object({ tool_call_id: z.string(), output: z.string() })) });
const spelled = JSON.stringify(exampleToolAnswer);

const run = operation({
  summary: 'Calls tools in the envelope of a voice platform, answered in the same',
  description:
    'A list of calls with ids (`message.toolCallList`, answered as `results`), OpenAI’s `tool_calls` (answered as ' +
    '`tool_outputs`), or one call as `{name, args, call}` (answered bare). Each call is answered by itself, with 200 ' +
    'also when it is refused. The id of a call is its idempotency key; without one, the telephone call, the tool and its arguments are.',
  tag: 'Agents',
  needsLogin: true,
  params: z.object({ slug }),
  body: envelope,
  answers: {
    200: z.union([results, outputs, z.looseObject({ ok: z.boolean(), say: z.string() })]).meta({
      examples: [
        { results: [{ toolCallId: 'call_1', result: spelled }] },
        { tool_outputs: [{ tool_call_id: 'call_1', output: spelled }] },
        exampleToolAnswer,
      ],
    }),
  },
  isIdempotent: true,
});

export const agentEnvelopeRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const count = countAgainst(app, ctx.config, RATE_LIMITS.agent);

    app.post('/tools', run, async (request) => {
      const { calls, seal } = openEnvelope(request.body);
      const answers: ToolAnswer[] = [];
      // One after the other, as they were asked for: a later one may build on an earlier one.
      for (const [index, call] of calls.entries()) {
        answers.push(await answerCall(ctx, request, call, index === 0 ? null : count));
      }
      // JSON within JSON is longer than it looks, so it is measured as it leaves.
      const room = Math.floor(MAX_ANSWER_CHARACTERS / calls.length) - 300;
      const measure = (answer: ToolAnswer) => JSON.stringify(JSON.stringify(answer)).length;
      return seal(answers.map((answer) => shorten(answer, room, measure)));
    });
  };

/** The answer to one call, whatever happens to it. All but the first count against the limit here. */
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
    const isOurs = thrown instanceof AppError;
    if (!isOurs) request.log.error({ err: thrown, url: request.routeOptions.url }, 'internal_error');
    const error = isOurs ? thrown : new AppError('internal_error');
    return refusalOf(error, request, sayRefusal(error, { timezone: 'UTC', phone: null, now: new Date(0) }));
  }
}
