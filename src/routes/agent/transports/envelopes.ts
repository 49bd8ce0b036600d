import { z } from 'zod';
import type { RawCall, ToolAnswer } from '../run-tool.ts';

/** Exceeds the parallel tool calls of a model. */
const MAX_CALLS = 10;

const text = z.string().max(200);
const functionCall = z.looseObject({ name: text, arguments: z.unknown().optional() });

/** Vapi's format: a list of calls with ids. */
const vapiEnvelope = z.looseObject({
  message: z.looseObject({
    type: z.literal('tool-calls'),
    toolCallList: z
      .array(
        z.looseObject({
          id: text,
          name: text.optional(),
          arguments: z.unknown().optional(),
          function: functionCall.optional(),
        }),
      )
      .min(1)
      .max(MAX_CALLS),
    call: z.looseObject({ id: text.optional() }).optional(),
  }),
});

/** OpenAI's format: arguments are a JSON string. */
const openAiEnvelope = z.looseObject({
  tool_calls: z
    .array(z.looseObject({ id: text, function: functionCall }))
    .min(1)
    .max(MAX_CALLS),
});

/** Retell's format: one call with the telephone call it belongs to. */
const retellEnvelope = z.looseObject({
  name: text,
  args: z.record(z.string(), z.unknown()),
  call: z.looseObject({ call_id: text.optional() }).optional(),
});

export const exampleCall = { service: 'Facial', when: 'next Tuesday' };

/** The envelope formats of the supported platforms. */
export const envelope = z.union([vapiEnvelope, openAiEnvelope, retellEnvelope]).meta({
  examples: [
    {
      message: {
        type: 'tool-calls',
        toolCallList: [{ id: 'call_1', name: 'check_availability', arguments: exampleCall }],
      },
    },
    {
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'check_availability', arguments: JSON.stringify(exampleCall) },
        },
      ],
    },
    { name: 'check_availability', call: { call_id: 'c0ffee' }, args: exampleCall },
  ],
});

/** The calls of an envelope, and the function that formats their answers. */
export interface OpenedEnvelope {
  readonly calls: readonly RawCall[];
  readonly seal: (answers: readonly ToolAnswer[]) => Record<string, unknown>;
}

/** Extracts the calls of an envelope. An invalid call gets its error in its own answer. */
export function openEnvelope(body: z.output<typeof envelope>): OpenedEnvelope {
  if (isVapi(body)) {
    const { toolCallList, call } = body.message;
    const conversation = call?.id ?? null;
    const calls = toolCallList.map((each) => {
      const { name = '', arguments: args } = each.function ?? { name: each.name, arguments: each.arguments };
      return { id: each.id, name, args: readArguments(args), conversation };
    });
    const format = (answer: ToolAnswer, index: number) => ({
      toolCallId: calls[index]?.id,
      result: JSON.stringify(answer),
    });
    return { calls, seal: (answers) => ({ results: answers.map(format) }) };
  }
  if (isOpenAi(body)) {
    const calls = body.tool_calls.map(({ id, function: { name, arguments: args } }) => {
      return { id, name, args: readArguments(args), conversation: null };
    });
    const format = (answer: ToolAnswer, index: number) => ({
      tool_call_id: calls[index]?.id,
      output: JSON.stringify(answer),
    });
    return { calls, seal: (answers) => ({ tool_outputs: answers.map(format) }) };
  }
  const { name, args, call } = body;
  const conversation = call?.call_id ?? null;
  return { calls: [{ id: null, name, args, conversation }], seal: ([answer]) => ({ ...answer }) };
}

function isVapi(body: z.output<typeof envelope>): body is z.output<typeof vapiEnvelope> {
  return vapiEnvelope.safeParse(body).success;
}

function isOpenAi(body: z.output<typeof envelope>): body is z.output<typeof openAiEnvelope> {
  return openAiEnvelope.safeParse(body).success;
}

/** Parses arguments sent as a JSON string. Other text stays unchanged and fails validation later. */
function readArguments(args: unknown): unknown {
  if (typeof args !== 'string') return args;
  try {
    return args.trim() === '' ? {} : (JSON.parse(args) as unknown);
  } catch {
    return args;
  }
}
