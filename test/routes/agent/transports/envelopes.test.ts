import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { dana, makeKey, openAgent, startOnMonday } from '../../../support/spa/agent.ts';
import type { TestAgent } from '../../../support/spa/agent.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { buildSpa } from '../../../support/spa/build-spa.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  t = await startTestApp();
  agent = openAgent(t);
});
beforeEach(() => startOnMonday(t));
afterAll(() => t.close());

const send = (body: unknown, who = agent) => t.call('POST', who.path, { body, token: who.token });
const list = (...toolCallList: object[]) => ({ message: { type: 'tool-calls', call: { id: 'c1' }, toolCallList } });
const quote = { service: 'Laser', when: 'next Wednesday at 11 am' };

test('a list of calls is answered by id, in its order, each as a text on one line', async () => {
  const { status, body } = await send(
    list(
      { id: 'one', name: 'list_services', arguments: {} },
      { id: 'two', type: 'function', function: { name: 'get_quote', arguments: quote } },
      { id: 'three', function: { name: 'get_quote', arguments: JSON.stringify(quote) } },
    ),
  );
  expect(status).toBe(200);
  expect(body.results.map(({ toolCallId }: { toolCallId: string }) => toolCallId)).toEqual(['one', 'two', 'three']);
  const [services, ...quotes] = body.results.map(({ result }: { result: string }) => JSON.parse(result));
  expect(services.data.services).toHaveLength(3);
  for (const each of quotes) expect(each.say).toBe('Laser hair removal, Wednesday, March 10, at 11:00 AM, is $180.00.');
  for (const { result } of body.results) expect(result).not.toContain('\n');
});

test('calls of one list build on each other', async () => {
  const time = { service: 'Botox', when: 'Friday at 11 am' };
  const { body } = await send(
    list(
      { id: 'book', name: 'create_booking', arguments: { ...time, guest: dana } },
      { id: 'look', name: 'check_availability', arguments: time },
    ),
  );
  const [booked, looked] = body.results.map(({ result }: { result: string }) => JSON.parse(result));
  expect(booked.ok).toBe(true);
  expect(looked.data.requested.available).toBe(false);
});

test('OpenAI’s tool calls are answered as tool outputs', async () => {
  const { status, body } = await send({
    tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'get_quote', arguments: JSON.stringify(quote) } }],
  });
  expect(status).toBe(200);
  expect(body.tool_outputs).toEqual([{ tool_call_id: 'call_a', output: expect.any(String) }]);
  expect(JSON.parse(body.tool_outputs[0].output)).toMatchObject({
    ok: true,
    data: { price: { totalPayable: 18_000 } },
  });
});

test('Retell’s single call is answered bare', async () => {
  const { status, body } = await send({ name: 'get_quote', call: { call_id: 'r1', transcript: '…' }, args: quote });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ok: true,
    say: expect.stringContaining('March 10'),
    data: { price: { currency: 'USD' } },
  });
});

test('each call is answered by itself: one that is refused does not stop the others', async () => {
  const { status, body } = await send(
    list(
      { id: 'unknown', name: 'drop_tables', arguments: {} },
      { id: 'nameless' },
      { id: 'broken', name: 'get_quote', arguments: '{"service":' },
      { id: 'wrong', name: 'get_quote', arguments: ['Laser'] },
      { id: 'closed', name: 'create_booking', arguments: { ...quote, when: 'tomorrow at 9 pm', guest: dana } },
      { id: 'right', name: 'get_quote', arguments: quote },
    ),
  );
  expect(status).toBe(200);
  const answers = body.results.map(({ result }: { result: string }) => JSON.parse(result));
  expect(answers.map(({ ok, problem }: any) => [ok, problem?.code])).toEqual([
    [false, 'not_found'],
    [false, 'not_found'],
    [false, 'validation_failed'],
    [false, 'validation_failed'],
    [false, 'outside_hours'],
    [true, undefined],
  ]);
  for (const { say } of answers) expect(say).toMatch(/^[A-Z].*[.?]$/);
});

test('a failure of ours is answered under its id, logged, and says nothing of it', async () => {
  await t.database.sql('ALTER TABLE party_members ADD CONSTRAINT nobody CHECK (false) NOT VALID');
  const { status, body } = await send(
    list(
      { id: 'fails', name: 'create_booking', arguments: { ...quote, guest: dana } },
      { id: 'fine', name: 'list_services' },
    ),
  );
  await t.database.sql('ALTER TABLE party_members DROP CONSTRAINT nobody');
  expect(status).toBe(200);
  const [failed, fine] = body.results.map(({ result }: { result: string }) => JSON.parse(result));
  expect(failed).toMatchObject({
    ok: false,
    problem: { code: 'internal_error' },
    say: expect.stringContaining('try again'),
  });
  expect(JSON.stringify(failed)).not.toContain('nobody');
  expect(fine.ok).toBe(true);
  expect(t.logged.map(({ msg }) => msg)).toContain('internal_error');
});

test.each([
  [{}],
  [{ message: { type: 'status-update' } }],
  [list()],
  [list(...Array.from({ length: 11 }, (_, id) => ({ id: String(id), name: 'list_services' })))],
  [{ message: { type: 'tool-calls', toolCallList: [{ name: 'list_services' }] } }],
  [{ tool_calls: [{ id: 'x' }] }],
  [{ name: 'list_services' }],
  [{ tool: 'list_services', input: {} }],
  ['list_services'],
])('an envelope nobody knows is 400: %j', async (body) => {
  const answer = await t.call('POST', agent.path, {
    token: agent.token,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  expect(answer).toMatchObject(refusal('validation_failed'));
});

test('a wrong key is 401, whatever the envelope', async () => {
  const body = list({ id: 'one', name: 'list_services' });
  expect(await send(body, openAgent(t, 'glow-medspa', 'hf_wrong'))).toMatchObject(refusal('unauthorized'));
  expect(await send(body, openAgent(t, 'ember-hibachi', agent.token))).toMatchObject(refusal('not_found'));
});

test('an Idempotency-Key that is none is 400', async () => {
  const headers = { 'idempotency-key': 'é' };
  const answer = await agent.call('create_booking', { ...quote, guest: dana }, { headers });
  expect(answer).toMatchObject(invalid('Idempotency-Key'));
});

/** A place with more of everything than fits: two hundred services, each by sixty people. */
async function openHugeSpa(): Promise<TestAgent> {
  const long = 'Ä"\\long'.repeat(12);
  const day = [{ fromMinute: 0, toMinute: 1_440 }];
  const name = (index: number) => ({ name: `${long} ${String(index)}`, description: long.repeat(10) });
  const services = Object.fromEntries(
    Array.from({ length: 200 }, (_, index) => [`SERVICE-${String(index)}`, name(index)]),
  );
  const codes = Object.keys(services);
  const people = Array.from({ length: 60 }, (_, index) => `PROVIDER-WITH-A-LONG-CODE-${String(index)}`);
  const providers = Object.fromEntries(people.map((code) => [code, day]));
  const does = Object.fromEntries(people.map((code) => [code, codes.slice(0, 20)]));
  const spa = await buildSpa(t.ctx, { services, providers, does });
  return openAgent(t, spa.slug, await makeKey(t, spa.propertyId));
}

test('no answer is longer than 15,000 characters, and one that is cut says so', async () => {
  const who = await openHugeSpa();
  const args = { service: 'SERVICE-3', date: 'tomorrow' };
  const services = await who.call('list_services');
  const starts = await who.call('check_availability', args);
  const guess = await who.call('check_availability', { service: 'long', date: 'tomorrow' });
  const many = await send(
    list(...Array.from({ length: 10 }, (_, id) => ({ id: `id-${String(id)}`, name: 'list_services', arguments: {} }))),
    who,
  );
  const openAi = await send(
    { tool_calls: [{ id: 'a', function: { name: 'check_availability', arguments: JSON.stringify(args) } }] },
    who,
  );
  const mcp = await t.call('POST', '/mcp', {
    token: who.token,
    headers: { accept: 'application/json, text/event-stream' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_services', arguments: {} } },
  });
  for (const { status, body } of [services, starts, guess, many, openAi, mcp]) {
    expect(status).toBe(200);
    expect(JSON.stringify(body).length).toBeLessThan(15_000);
  }
  expect(services.body.data.note).toMatch(/shortened/);
  expect(services.body.data.services.length).toBeGreaterThan(5);
  expect(many.body.results).toHaveLength(10);
  for (const { result } of many.body.results)
    expect(JSON.parse(result)).toMatchObject({ ok: true, say: expect.any(String) });
});
