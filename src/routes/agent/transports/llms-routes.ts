import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import type { AgentTool } from '../agent-tool.ts';
import { describeArguments } from '../tool-schema.ts';
import { AGENT_TOOLS } from '../tool-table.ts';

/** Serves /llms.txt, a guide for language models generated from the table of tools. */
export const llmsRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const text = describeServer(ctx.config.PUBLIC_URL);
    app.get('/llms.txt', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').serializer(String).send(text),
    );
  };

function describeServer(url: string): string {
  return `# Holdfast

> Books appointments and rooms, and never sells the same thing twice. An agent searches, quotes, books, finds, moves and
> cancels by the tools below, in the words of the caller; the server resolves days, times and names.

## How to call

Every call needs \`Authorization: Bearer hf_…\`, an API key that the property's owner makes. A key is for one property, {slug}.

- Plain JSON: \`POST ${url}/api/v1/agent/properties/{slug}/tools/{tool}\` with the arguments as the body.
- Voice platforms: \`POST ${url}/api/v1/agent/properties/{slug}/tools\` with a list of tool calls (Vapi), \`tool_calls\` (OpenAI) or
  \`{name, args, call}\` (Retell), answered in an equal format.
- MCP (streamable HTTP): \`${url}/mcp\`.

Every answer is \`{ok, say, data, problem?}\`, under 15,000 characters. Speak \`say\`: it reads the weekday back. When \`ok\` is false,
\`problem.code\` says why and \`say\` offers an alternative. Money is an integer in the currency's minor unit.

- Pass the day and time in the caller's words, in \`when\`. Do not work out dates yourself.
- A call with an id (or \`Idempotency-Key\`) sent before is a repeat and gets the first answer.
- reschedule_booking and cancel_booking take two calls: the first changes nothing and answers a question to ask and
  \`data.proposal.confirm\`; once the caller has said yes, call again with \`{"confirm": "…"}\` alone. The token works once, for ten minutes.
- A booking is found, moved or cancelled only with its code and the telephone number or surname of its guest.

## Tools

${AGENT_TOOLS.map((tool) => describeTool(tool, url)).join('\n\n')}

## More

- [API reference](${url}/docs): every route, with its error codes
- [OpenAPI document](${url}/openapi.json)
`;
}

function describeTool(tool: AgentTool, url: string): string {
  const { properties, required = [] } = describeArguments(tool);
  const lines = Object.entries(properties).map(([name, { type, description = '' }]) => {
    const kind = [type, ...(required.includes(name) ? ['required'] : [])].filter(Boolean).join(', ');
    return `- \`${name}\` (${kind}) ${description}`.trimEnd();
  });
  return `### ${tool.name}

${tool.description}

${lines.length === 0 ? 'No arguments.' : lines.join('\n')}

\`\`\`
curl -X POST ${url}/api/v1/agent/properties/{slug}/tools/${tool.name} \\
  -H 'Authorization: Bearer hf_…' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(tool.example)}'
\`\`\``;
}
