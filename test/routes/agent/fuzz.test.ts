import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_TOOLS } from '../../../src/routes/agent/tool-table.ts';
import { openAgent, startOnMonday } from '../../support/spa/agent.ts';
import type { TestAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { seededRandom } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

// What a language model makes up is never a failure of ours, and always has an answer to speak.

const { seed } = seededRandom();
/** A server answers each case: fewer of them than of cases that only compute. */
const countCases = (middle: number) =>
  trials('fuzz', { small: middle / 4, middle, full: middle * 10, lap: middle * 10 }).count;

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
  await startOnMonday(t);
  console.info(`agent fuzz seed ${String(seed)}`);
});
afterAll(() => t.close());

const deep = JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown;
const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    '',
    ' ',
    '\u0000',
    '\ud800',
    'x'.repeat(10_000),
    'tomorrow',
    '25:99',
    '0',
    'BK-2027-1',
    '2027-02-30',
  ),
  fc.constantFrom<unknown>(
    '9'.repeat(400),
    '__proto__',
    '’ OR 1=1 --',
    '2027-03-14T02:30',
    '+1',
    'next next week',
    -1,
    1e308,
    0.5,
  ),
  fc.constantFrom<unknown>(null, true, [], {}, [[]], { a: 1 }, ['x'], deep, 501, 2 ** 53),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);

/** No stack, no SQL, no name of what we are made of. */
const INSIDES = /node_modules|\.ts:\d+|\bSELECT\b .* FROM\b|prisma|SQLSTATE|"stack"/i;

function checkAnswer(answer: unknown): void {
  const { ok, say, problem } = answer as { ok: boolean; say: string; problem?: { code: string } };
  expect(say).toMatch(/^\S[^]*[.?]$/);
  expect(problem === undefined).toBe(ok);
  expect(problem?.code).not.toBe('internal_error');
  expect(JSON.stringify(answer)).not.toMatch(INSIDES);
}

test.each(AGENT_TOOLS.map((tool) => [tool.name, tool] as const))('no arguments make %s fail', async (name, tool) => {
  const members = [...Object.keys(tool.args.shape), 'vip'];
  const args = fc
    .dictionary(fc.constantFrom(...members), nasty, { maxKeys: 3, noNullPrototype: true })
    .map((wrong) => ({ ...tool.example, ...wrong }));
  await fc.assert(
    fc.asyncProperty(args, async (body) => {
      const { status, body: answer } = await agent.call(name, body);
      expect(status).toBe(200);
      checkAnswer(answer);
    }),
    { seed, numRuns: countCases(80), endOnFailure: true },
  );
});

test('no words about a time make a tool fail', async () => {
  const words = [
    'next',
    'this',
    'tuesday',
    'tomorrow',
    'at',
    '3',
    'pm',
    'noon',
    'march',
    '14',
    '31',
    'in',
    'week',
    'from',
    ':30',
  ];
  const when = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((said) => said.join(' '));
  await fc.assert(
    fc.asyncProperty(when, async (said) => {
      const { status, body } = await agent.call('get_quote', { service: 'Botox', when: said });
      expect(status).toBe(200);
      checkAnswer(body);
    }),
    { seed, numRuns: countCases(200), endOnFailure: true },
  );
});

test('no envelope and no message makes the server fail', async () => {
  const paths = fc.constantFrom(agent.path, '/mcp');
  const headers = { accept: 'application/json, text/event-stream' };
  const call = fc.record({
    id: nasty,
    name: fc.oneof(nasty, fc.constant('get_quote')),
    arguments: nasty,
    function: nasty,
  });
  const bodies = fc.oneof(
    nasty,
    fc.record({ message: fc.record({ type: fc.constant('tool-calls'), toolCallList: fc.array(call) }) }),
    fc.record({ tool_calls: fc.array(call) }),
    fc.record({ name: nasty, args: nasty, call: nasty }, { requiredKeys: [] }),
    fc.record({
      jsonrpc: fc.constant('2.0'),
      id: nasty,
      method: fc.constantFrom<unknown>('tools/call', 'tools/list', 'initialize', 'ping', 'x'),
      params: fc.oneof(nasty, fc.record({ name: nasty, arguments: nasty, _meta: nasty })),
    }),
  );
  await fc.assert(
    fc.asyncProperty(paths, bodies, async (path, body) => {
      const payload = JSON.stringify(body) as string | undefined;
      const answer = await t.app.inject({
        method: 'POST',
        url: path.replace(/^\/v1/, '/api/v1'),
        payload: payload ?? '',
        headers: { ...headers, authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' },
      });
      expect(answer.statusCode, payload?.slice(0, 500)).toBeLessThan(500);
      expect(answer.body).not.toMatch(INSIDES);
    }),
    { seed, numRuns: countCases(300), endOnFailure: true },
  );
});

test('what is nested deeper than anything can follow is refused like anything else', async () => {
  const pit = '['.repeat(60_000) + ']'.repeat(60_000);
  const bodies = [
    [`${agent.path}/get_quote`, `{"service":${pit}}`],
    [`${agent.path}/get_quote`, `{"address":{"city":${pit}}}`],
    [agent.path, `{"name":"get_quote","args":{"when":${pit}}}`],
    [agent.path, `{"message":{"type":"tool-calls","toolCallList":[{"id":"1","name":"get_quote","arguments":${pit}}]}}`],
    [
      '/mcp',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_quote","arguments":{"when":${pit}}}}`,
    ],
  ] as const;
  for (const [path, payload] of bodies) {
    const answer = await t.app.inject({
      method: 'POST',
      url: path.replace(/^\/v1/, '/api/v1'),
      payload,
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${agent.token}`,
      },
    });
    expect(answer.statusCode, path).toBeLessThan(500);
  }
});
