import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeKey, openAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildSpa, NOW } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let key: string;
let tokens: string[];
const guest = {
  firstName: 'CanaryFirst',
  lastName: 'CanaryLast',
  email: 'canarymail@example.com',
  phone: '+1 312 555 0177',
};
const words = 'CanaryWords';
const PHONES = ['312 555 0177', '3125550177', '5550177'];

/** Every tool in every envelope, done and refused, with canaries wherever text is taken. */
beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'trace' });
  await travelTo(t.database, NOW);
  const spa = await buildSpa(t.ctx, { property: { paymentPolicy: 'FULL' } });
  key = await makeKey(t, spa.propertyId);
  const agent = openAgent(t, spa.slug, key);
  const headers = { 'idempotency-key': 'canary' };
  const wish = { when: 'Friday at 10 am', guest, specialRequests: words };
  const { data } = await agent.do('create_booking', wish, { headers });
  await agent.call('create_booking', wish, { headers });
  await agent.call('create_booking', { ...wish, provider: words });
  await agent.call('create_booking', { ...wish, [words]: words, when: words });
  await agent.call('check_availability', { service: words, when: words });
  await agent.call('get_quote', { service: 'facial', when: 'Friday at 11 am', zone: words });
  const { code } = data.booking;
  await agent.do('find_booking', { code, lastName: guest.lastName });
  await agent.do('find_booking', { phone: guest.phone, lastName: guest.lastName });
  await agent.call('find_booking', { code, lastName: words });
  const moved = await agent.do('reschedule_booking', { code, phone: guest.phone, when: 'Saturday at 10 am' });
  await agent.do('reschedule_booking', { confirm: moved.data.proposal.confirm });
  const ended = await agent.do('cancel_booking', { code, lastName: guest.lastName, reason: words });
  await agent.do('cancel_booking', { confirm: ended.data.proposal.confirm });
  tokens = [moved.data.proposal.confirm, ended.data.proposal.confirm, String(data.manageUrl).split('#')[1] ?? ''];
  const listed = { toolCallList: [{ id: 'c1', name: 'create_booking', arguments: wish }] };
  await t.call('POST', agent.path, { token: key, body: { message: { type: 'tool-calls', ...listed } } });
  await t.call('POST', agent.path, { token: key, body: { name: words, args: wish } });
  await t.database.sql('ALTER TABLE party_members ADD CONSTRAINT nobody CHECK (false) NOT VALID');
  const failed = await agent.call('create_booking', { ...wish, when: 'Friday at 4 pm' });
  expect(failed.status).toBe(500);
  const mcp = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'create_booking', arguments: wish } };
  await t.call('POST', '/mcp', { token: key, body: mcp, headers: { accept: 'application/json, text/event-stream' } });
  await t.database.sql('ALTER TABLE party_members DROP CONSTRAINT nobody');
});
afterAll(() => t.close());

test('every call of a tool is logged, with its outcome and the key’s id, and nothing that was said', () => {
  const lines = t.logged.filter(({ event }) => String(event).startsWith('agent/'));
  expect(new Set(lines.map(({ event }) => event))).toEqual(
    new Set(
      ['create_booking', 'check_availability', 'get_quote', 'find_booking', 'reschedule_booking', 'cancel_booking'].map(
        (tool) => `agent/${tool}`,
      ),
    ),
  );
  expect(lines.map(({ outcome }) => outcome)).toEqual(
    expect.arrayContaining(['ok', 'replayed', 'not_found', 'validation_failed', 'internal_error']),
  );
  for (const line of lines)
    expect(line).toMatchObject({ actor: 'AGENT', actorId: expect.any(String), requestId: expect.any(String) });
  const log = JSON.stringify(t.logged);
  for (const secret of [...Object.values(guest), ...PHONES, words, key, ...tokens]) expect(log).not.toContain(secret);
});

test('keys, tokens and telephone numbers can not be read in any table', async () => {
  const dump = Object.values(await dumpTables(t.database)).join('\n');
  for (const secret of [key, ...tokens, ...PHONES]) expect(dump).not.toContain(secret);
});

test('events and measurements say nothing personal', async () => {
  const { outbox_messages: outbox } = await dumpTables(t.database);
  const { body: metrics } = await t.call('GET', '/metrics');
  for (const secret of [...Object.values(guest), words, key]) {
    expect(outbox).not.toContain(secret);
    expect(metrics).not.toContain(secret);
  }
});
