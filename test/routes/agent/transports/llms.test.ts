import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_TOOLS } from '../../../../src/routes/agent/tool-table.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';

let t: TestApp;
let text: string;

beforeAll(async () => {
  t = await startTestApp();
  const answer = await t.call('GET', '/llms.txt');
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  text = answer.body;
});
afterAll(() => t.close());

test('a model is told where the tools are and how to get in', () => {
  const { PUBLIC_URL } = t.ctx.config;
  expect(text).toMatch(/^# Holdfast\n\n> /);
  expect(text).toContain('Authorization: Bearer hf_');
  expect(text).toContain(`${PUBLIC_URL}/api/v1/agent/properties/{slug}/tools/{tool}`);
  expect(text).toContain(`${PUBLIC_URL}/mcp`);
});

test.each(AGENT_TOOLS.map((tool) => [tool.name, tool] as const))(
  '%s is described with all its arguments',
  (name, tool) => {
    expect(text).toContain(`### ${name}\n\n${tool.description}`);
    for (const argument of Object.keys(tool.args.shape)) expect(text).toContain(`- \`${argument}\``);
  },
);

test.each(AGENT_TOOLS.map((tool) => [tool.name, tool] as const))('the example of %s would be accepted', (_, tool) => {
  expect(tool.args.safeParse(tool.example).error).toBeUndefined();
  expect(text).toContain(JSON.stringify(tool.example));
});

test('a model that reads it needs no more than a page', () => {
  expect(text.length).toBeLessThan(15_000);
});
