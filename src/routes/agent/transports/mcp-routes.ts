import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  ErrorCode as RpcCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { shorten } from '../../../domain/speech/shorten.ts';
import { AppError } from '../../../errors.ts';
import { operation } from '../../../http/contract/operation.ts';
import { runTool } from '../run-tool.ts';
import type { ToolAnswer } from '../run-tool.ts';
import { MAX_ANSWER_CHARACTERS } from './tool-routes.ts';
import { describeArguments } from '../tool-schema.ts';
import { AGENT_TOOLS, findTool } from '../tool-table.ts';

/** Member of `_meta` with the idempotency key of a call. JSON-RPC ids restart with every connection. */
const CALL_ID = 'idempotencyKey';

const message = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
});

const sendMessage = operation({
  id: 'sendMcpMessage',
  summary: 'Calls tools over the Model Context Protocol',
  description:
    'Streamable HTTP, stateless: every message is a POST with a JSON response. The API key selects the property. ' +
    `\`_meta.${CALL_ID}\` of a call makes a retry safe, as the Idempotency-Key header does.`,
  tag: 'Agents',
  needsLogin: true,
  body: message.meta({ examples: [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }] }),
  answers: {
    200: z
      .looseObject({ jsonrpc: z.literal('2.0') })
      .meta({ examples: [{ jsonrpc: '2.0', id: 1, result: { tools: [] } }] }),
  },
  isIdempotent: true,
});

export const mcpRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/mcp', sendMessage, async (request, reply) => {
      const server = buildMcpServer(ctx, request);
      // Stateless: any process may answer the next message.
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      try {
        await server.connect(transport);
        const answer = await transport.handleRequest(toWebRequest(ctx, request), { parsedBody: request.body });
        const text = await answer.text();
        return await reply
          .code(answer.status)
          .type(answer.headers.get('content-type') ?? 'application/json')
          .serializer(String)
          .send(text);
      } finally {
        await server.close();
      }
    });

    // The server sends no unsolicited messages and has no session to close.
    app.get('/mcp', { schema: { hide: true } }, async (_request, reply) =>
      reply.code(405).header('allow', 'POST').send(),
    );
  };

/** Builds a server with low-level handlers, so that the tools validate arguments and answer with a sentence to sendMessage. */
function buildMcpServer(ctx: Context, request: FastifyRequest): McpServer {
  const mcp = new McpServer({ name: 'holdfast', version: '1' }, { capabilities: { tools: {} } });
  const { server } = mcp;
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: AGENT_TOOLS.map((tool) => ({
      name: tool.name,
      description: tool.description,
      inputSchema: { ...describeArguments(tool) },
      annotations: {
        readOnlyHint: tool.isReading,
        destructiveHint: tool.name === 'cancel_booking',
        openWorldHint: false,
      },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const { name, arguments: args, _meta: meta } = params;
    if (findTool(name) === undefined)
      throw new McpError(RpcCode.InvalidParams, `There is no tool "${name.slice(0, 100)}".`);
    const id = meta?.[CALL_ID];
    const call = { name, args, id: typeof id === 'string' && id !== '' ? id : null, conversation: null };
    const answer = await answerCall(ctx, request, call);
    return { content: [{ type: 'text', text: JSON.stringify(answer) }], isError: !answer.ok };
  });
  return mcp;
}

async function answerCall(
  ctx: Context,
  request: FastifyRequest,
  call: Parameters<typeof runTool>[2],
): Promise<ToolAnswer> {
  try {
    const { answer } = await runTool(ctx, request, call);
    // The answer leaves as JSON inside JSON.
    return shorten(answer, MAX_ANSWER_CHARACTERS - 300, (each) => JSON.stringify(JSON.stringify(each)).length);
  } catch (error) {
    if (error instanceof AppError) throw new McpError(RpcCode.InternalError, error.message, { code: error.code });
    request.log.error({ err: error, url: request.routeOptions.url }, 'internal_error');
    throw new McpError(RpcCode.InternalError, 'Something went wrong on our side.');
  }
}

/** Builds the request the transport reads: protocol headers only, because the body is parsed already. */
function toWebRequest(ctx: Context, request: FastifyRequest): Request {
  const headers = new Headers();
  for (const name of ['accept', 'content-type', 'mcp-protocol-version']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return new Request(new URL('/mcp', ctx.config.PUBLIC_URL), { method: 'POST', headers });
}
