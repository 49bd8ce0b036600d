import { z } from 'zod';
import type { RawCall, ToolAnswer } from '../run-tool.ts';

/** More than a model asks for at once. */
const MAX_CALLS = 10;

const text = z.string().max(200);
const called = z.looseObject({ name: text, arguments: z.unknown().optional() });

/** As Vapi sends them: a list of calls, each under its id. */
const listed = z.looseObject({
  message: z.looseObject({
    type: z.literal('tool-calls'),
    toolCallList: z
      .array(
        z.looseObject({
          id: text,
          name: text.optional(),
          arguments: z.unknown().optional(),
          function: called.optional(),
        }),
      )
      .min(1)
      .max(MAX_CALLS),
    call: z.looseObject({ id: text.optional() }).optional(),
  }),
});

/** As OpenAI's models ask for them: arguments are JSON in a text. */
const asked = z.looseObject({
  tool_calls: z
    .array(z.looseObject({ id: text, function: called }))
    .min(1)
    .max(MAX_CALLS),
});

/** As Retell sends them: one call, by name, with the telephone call it belongs to. */
const single = z.looseObject({
  name: text,
  args: z.record(z.string(), z.unknown()),
  call: z.looseObject({ call_id: text.optional() }).optional(),
});

export const exampleCall = { service: 'Facial', when: 'next Tuesday' };

/** The forms in which the usual platforms call tools. */
export const envelope = z.union([listed, asked, single]).meta({
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
          ...{ id: 'call_1', type: 'function' },
          function: { name: 'check_availability', arguments: JSON.stringify(exampleCall) },
        },
      ],
    },
    { name: 'check_availability', call: { call_id: 'c0ffee' }, args: exampleCall },
  ],
});

/** What came in an envelope, and how its answers go back. */
export interface OpenedEnvelope {
  readonly calls: readonly RawCall[];
  readonly seal: (answers: readonly ToolAnswer[]) => Record<string, unknown>;
}

/** Takes the calls out of an envelope. Whatever is wrong with one of them is for its own answer to say. */
export function openEnvelope(body: z.output<typeof envelope>): OpenedEnvelope {
  if (isListed(body)) {
    const { toolCallList, call } = body.message;
    const conversation = call?.id ?? null;
    const calls = toolCallList.map((each) => {
      const { name = '', arguments: args } = each.function ?? { name: each.name, arguments: each.arguments };
      return { id: each.id, name, args: readArguments(args), conversation };
    });
    const spell = (answer: ToolAnswer, index: number) => ({
      toolCallId: calls[index]?.id,
      result: JSON.stringify(answer),
    });
    return { calls, seal: (answers) => ({ results: answers.map(spell) }) };
  }
  if (isAsked(body)) {
    const calls = body.tool_calls.map(({ id, function: { name, arguments: args } }) => {
      return { id, name, args: readArguments(args), conversation: null };
    });
    const spell = (answer: ToolAnswer, index: number) => ({
      tool_call_id: calls[index]?.id,
      output: JSON.stringify(answer),
    });
    return { calls, seal: (answers) => ({ tool_outputs: answers.map(spell) }) };
  }
  const { name, args, call } = body;
  const conversation = call?.call_id ?? null;
  return { calls: [{ id: null, name, args, conversation }], seal: ([answer]) => ({ ...answer }) };
}

function isListed(body: z.output<typeof envelope>): body is z.output<typeof listed> {
  return listed.safeParse(body).success;
}

function isAsked(body: z.output<typeof envelope>): body is z.output<typeof asked> {
  return asked.safeParse(body).success;
}

/** Arguments as they are, or as JSON in a text; what is no JSON stays the text it is, and is refused as one. */
function readArguments(args: unknown): unknown {
  if (typeof args !== 'string') return args;
  try {
    return args.trim() === '' ? {} : (JSON.parse(args) as unknown);
  } catch {
    return args;
  }
}
