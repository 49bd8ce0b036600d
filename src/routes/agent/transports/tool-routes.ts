import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { shorten } from '../../../domain/speech/shorten.ts';
import { slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { runTool, toolAnswerView } from '../run-tool.ts';
import { AGENT_TOOLS, findTool } from '../tool-table.ts';

/** Maximum length of an answer on voice platforms (15,000), with a margin. */
export const MAX_ANSWER_CHARACTERS = 14_900;

export const exampleToolAnswer = {
  ok: true,
  say: 'It is booked: Facial with Danielle, Tuesday, May 18, at 3:00 PM. The booking code is BK-2027-0012.',
  data: { booking: { code: 'BK-2027-0012', status: 'CONFIRMED', localStart: '2027-05-18T15:00:00-05:00' } },
};

const run = operation({
  id: 'callAgentTool',
  summary: 'Calls one tool with plain JSON arguments',
  description:
    `Tools: ${AGENT_TOOLS.map(({ name }) => `\`${name}\``).join(', ')}; their arguments are listed at /llms.txt. ` +
    'A business error is a 200 with `ok: false`, a `problem` and a sentence to speak. Changes take two calls: the first ' +
    'returns a question and `proposal.confirm`, the second sends `confirm`.',
  tag: 'Agents',
  needsLogin: true,
  params: z.object({ slug, tool: z.string().max(100) }),
  body: z.record(z.string(), z.unknown()).meta({ examples: [{ service: 'Facial', when: 'next Tuesday at 3 pm' }] }),
  answers: { 200: toolAnswerView.meta({ examples: [exampleToolAnswer] }) },
  errors: ['gateway_unavailable'],
  isIdempotent: true,
  isReading: ({ params }) => findTool((params as { tool: string }).tool)?.isReading === true,
});

export const agentToolRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/tools/:tool', run, async (request, reply) => {
      const call = { name: request.params.tool, args: request.body, id: null, conversation: null };
      const { answer, isReplayed } = await runTool(ctx, request, call);
      if (isReplayed) reply.header('idempotent-replayed', 'true');
      return shorten(answer, MAX_ANSWER_CHARACTERS, (each) => JSON.stringify(each).length);
    });
  };
