import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dana, openAgent, SPA, startOnMonday } from '../../../support/spa/agent.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';

// The server spoken to as its clients do: over a real connection, by the protocol's own client.

let t: TestApp;
let url: URL;
let client: Client;

async function connect(key: string): Promise<Client> {
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  const made = new Client({ name: 'test', version: '1' });
  await made.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  return made;
}

beforeAll(async () => {
  t = await startTestApp();
  url = new URL('/mcp', await t.app.listen({ port: 0, host: '127.0.0.1' }));
  await startOnMonday(t);
  client = await connect(`hf_demo_agent_${SPA}`);
});
afterAll(async () => {
  await client.close();
  await t.close();
});

async function callTool(name: string, args: object, meta?: object): Promise<{ isError: boolean; answer: any }> {
  const params = {
    name,
    arguments: args as Record<string, unknown>,
    ...(meta && { _meta: meta as Record<string, unknown> }),
  };
  const { content, isError } = (await client.callTool(params)) as CallToolResult;
  const [first] = content;
  if (first?.type !== 'text') throw new Error('Not answered with text');
  return { isError: isError === true, answer: JSON.parse(first.text) };
}

test('lists the tools with the schemas that validate their arguments', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    ...['list_services', 'check_availability', 'get_quote', 'create_booking'],
    ...['find_booking', 'reschedule_booking', 'cancel_booking'],
  ]);
  const create = tools.find(({ name }) => name === 'create_booking');
  expect(create?.inputSchema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['guest'],
    properties: { guest: { required: ['firstName'] }, when: { type: 'string' } },
  });
  for (const { description } of tools) expect(description).toMatch(/.{20}/);
});

test('searches, books, finds, moves and cancels', async () => {
  const day = await callTool('check_availability', { service: 'Botox', when: 'next Tuesday' });
  const [{ startsAt }] = day.answer.data.slots;
  const booked = await callTool('create_booking', { service: 'Botox', startsAt, guest: dana });
  expect(booked).toMatchObject({ isError: false, answer: { ok: true } });
  const { code } = booked.answer.data.booking;
  const { answer: asked } = await callTool('reschedule_booking', {
    code,
    lastName: 'Ortiz',
    when: 'Thursday at 10 am',
  });
  const { answer: moved } = await callTool('reschedule_booking', { confirm: asked.data.proposal.confirm });
  expect(moved.data.booking.localStart).toBe('2027-03-11T10:00:00-06:00');
  const { answer: sure } = await callTool('cancel_booking', { code, phone: dana.phone });
  await callTool('cancel_booking', { confirm: sure.data.proposal.confirm });
  const { answer: found } = await callTool('find_booking', { code, lastName: 'Ortiz' });
  expect(found.data.booking.status).toBe('CANCELLED');
});

test('a refusal is an error the model can read, with the sentence to speak', async () => {
  expect(await callTool('create_booking', { service: 'Botox', when: 'tomorrow at 9 pm', guest: dana })).toMatchObject({
    isError: true,
    answer: { ok: false, problem: { code: 'outside_hours' }, say: expect.stringContaining('offer') },
  });
  expect(await callTool('create_booking', { servcie: 'Botox' })).toMatchObject({
    isError: true,
    answer: { problem: { code: 'validation_failed' } },
  });
});

test('a tool there is not is an error of the protocol', async () => {
  await expect(callTool('drop_tables', {})).rejects.toThrow(/no tool "drop_tables"/);
});

test('a repeat under the same idempotency key is the same booking', async () => {
  const args = { service: 'Facial', when: 'Friday at 10 am', guest: dana };
  const first = await callTool('create_booking', args, { idempotencyKey: 'mcp-1' });
  expect(await callTool('create_booking', args, { idempotencyKey: 'mcp-1' })).toEqual(first);
});

test('a new connection begins its message ids anew, and they are no keys', async () => {
  const args = { service: 'Facial', when: 'Saturday at 10 am', guest: dana };
  const { answer: first } = await callTool('create_booking', args);
  await client.close();
  client = await connect(`hf_demo_agent_${SPA}`);
  const { answer: second } = await callTool('create_booking', args);
  expect(second.data.booking.code).not.toBe(first.data.booking.code);
});

test('the key decides which property is meant', async () => {
  const other = await connect('hf_demo_agent_ember-hibachi');
  const { content } = (await other.callTool({ name: 'list_services', arguments: {} })) as CallToolResult;
  expect(JSON.stringify(content)).toContain('HIBACHI');
  await other.close();
});

test('without a key nobody gets in', async () => {
  await expect(connect('hf_wrong')).rejects.toThrow(/401|nauthorized/);
});

test('a website sees at once what an agent has booked', async () => {
  const asked = `/v1/public/properties/${SPA}/slots?service=BOTOX&from=2027-03-16&to=2027-03-16`;
  const startsOf = async () =>
    (await t.call('GET', asked)).body.slots.map(({ startsAt }: { startsAt: string }) => startsAt);
  const [first] = await startsOf();
  await callTool('create_booking', { service: 'Botox', startsAt: first, guest: dana });
  expect(await startsOf()).not.toContain(first);
});

test('nobody is spoken to unasked', async () => {
  const { token } = openAgent(t);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});
