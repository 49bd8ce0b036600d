import { afterEach, expect, it, vi } from 'vitest';
import { Publications } from '../../../src/sandbox/pusher/world/publications.ts';
import { listen, nextOf, openPusherSandbox, requestError } from '../../support/sandbox/pusher-sandbox.ts';
import type { PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';

afterEach(() => vi.useRealTimers());

/** Posts a body with a query signed for another body or another time, as somebody in the middle could. */
async function postSigned(
  sandbox: PusherTestSandbox,
  { signed, sent = signed, secondsAway = 0 }: { signed: string; sent?: string; secondsAway?: number },
): Promise<{ status: number; text: string }> {
  const path = `/apps/${sandbox.appId}/events`;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + secondsAway * 1_000 });
  const query = sandbox.server.createSignedQueryString({ method: 'POST', path, body: signed });
  vi.useRealTimers();
  const response = await fetch(`${sandbox.url}${path}?${query}`, { method: 'POST', body: sent });
  return { status: response.status, text: await response.text() };
}

const eventBody = (over: object = {}) => JSON.stringify({ name: 'n', channels: ['c'], data: '{}', ...over });

it('an event goes to every channel it names, and is remembered once for each, in order', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  const [one, two] = [await listen(client, 'hotel-one'), await listen(client, 'hotel-two')];
  const answer = await sandbox.server.trigger(['hotel-one', 'hotel-two'], 'booking.created', { code: 'HF-1' });
  expect(await answer.json()).toEqual({});
  await sandbox.server.trigger('hotel-two', 'booking.paid', 'only text');
  await vi.waitFor(() => {
    expect(two.heard).toHaveLength(2);
  });
  expect(one.heard).toEqual([{ name: 'booking.created', data: { code: 'HF-1' } }]);
  expect(two.heard).toEqual([...one.heard, { name: 'booking.paid', data: 'only text' }]);
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(await sandbox.control('GET published')).toEqual([
    { at, channel: 'hotel-one', name: 'booking.created', data: '{"code":"HF-1"}' },
    { at, channel: 'hotel-two', name: 'booking.created', data: '{"code":"HF-1"}' },
    { at, channel: 'hotel-two', name: 'booking.paid', data: 'only text' },
  ]);
  expect(await sandbox.control('GET published?channel=hotel-one')).toHaveLength(1);
  expect(await sandbox.control('DELETE published')).toEqual([]);
  expect(await sandbox.control('GET published')).toEqual([]);
});

it('a batch of ten goes out in its order', async () => {
  await using sandbox = await openPusherSandbox();
  const { heard } = await listen(await sandbox.connect(), 'c');
  const numbers = Array.from({ length: 10 }, (_, index) => index);
  await sandbox.server.triggerBatch(numbers.map((data) => ({ channel: 'c', name: 'n', data })));
  await vi.waitFor(() => {
    expect(heard.map(({ data }) => data as number)).toEqual(numbers);
  });
  const published = await sandbox.control('GET published');
  expect(published.map(({ data }: { data: string }) => Number(data))).toEqual(numbers);
});

it('the socket that an event names is left out, and only that one', async () => {
  await using sandbox = await openPusherSandbox();
  const [sender, other] = [await sandbox.connect(), await sandbox.connect()];
  const [bySender, byOther] = [await listen(sender, 'c'), await listen(other, 'c')];
  const socketId = sender.connection.socket_id;
  await sandbox.server.trigger('c', 'to-others', {}, { socket_id: socketId });
  await sandbox.server.triggerBatch([{ channel: 'c', name: 'to-others', data: {}, socket_id: socketId }]);
  await sandbox.server.trigger('c', 'to-all', {});
  await vi.waitFor(() => {
    expect(byOther.heard.map(({ name }) => name)).toEqual(['to-others', 'to-others', 'to-all']);
    expect(bySender.heard.map(({ name }) => name)).toEqual(['to-all']);
  });
  expect(await sandbox.control('GET published')).toMatchObject([{ socketId }, { socketId }, { name: 'to-all' }]);
});

it.each([
  ['a wrong secret', { secret: 'forged' }, 401, 'Invalid signature'],
  ['an unknown key', { key: 'other-key' }, 401, 'Unknown auth_key'],
  ['an unknown app', { appId: 'other' }, 404, 'Unknown app: other'],
])('%s publishes nothing', async (_, options, status, text) => {
  await using sandbox = await openPusherSandbox();
  const stranger = sandbox.serverWith(options);
  const error = await requestError(stranger.trigger('c', 'n', {}));
  expect(error).toMatchObject({ status, body: expect.stringContaining(text) });
  expect(await requestError(stranger.get({ path: '/channels' }))).toMatchObject({ status });
  expect(await sandbox.control('GET published')).toEqual([]);
});

it.each([-630, 630])('a request whose clock is %i seconds away is refused', async (secondsAway) => {
  await using sandbox = await openPusherSandbox();
  const refused = await postSigned(sandbox, { signed: eventBody(), secondsAway });
  expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('Timestamp expired') });
  expect(await postSigned(sandbox, { signed: eventBody(), secondsAway: Math.sign(secondsAway) * 570 })).toMatchObject({
    status: 200,
  });
});

it('a body that was changed on the way, and one that was not signed, are refused', async () => {
  await using sandbox = await openPusherSandbox();
  const tampered = await postSigned(sandbox, { signed: eventBody(), sent: eventBody({ name: 'other' }) });
  expect(tampered).toMatchObject({ status: 401, text: expect.stringContaining('body_md5') });
  expect(await postSigned(sandbox, { signed: '', sent: eventBody() })).toMatchObject({ status: 401 });
  const unsigned = await fetch(`${sandbox.url}/apps/${sandbox.appId}/events`, { method: 'POST', body: eventBody() });
  expect(unsigned.status).toBe(401);
  expect(await sandbox.control('GET published')).toEqual([]);
});

it('what was signed for one address does not open another', async () => {
  await using sandbox = await openPusherSandbox();
  const query = sandbox.server.createSignedQueryString({ method: 'GET', path: `/apps/${sandbox.appId}/channels/a` });
  const at = (path: string) => fetch(`${sandbox.url}/apps/${sandbox.appId}${path}?${query}`);
  expect((await at('/channels/a')).status).toBe(200);
  expect((await at('/channels/b')).status).toBe(401);
  expect((await at('/channels')).status).toBe(401);
});

it('data of 10,240 bytes is taken and one more byte is not, alone or in a batch', async () => {
  await using sandbox = await openPusherSandbox();
  const [most, more] = ['é'.repeat(5_120), `${'é'.repeat(5_120)}.`];
  await sandbox.server.trigger('c', 'n', most);
  const tooLong = await requestError(sandbox.server.trigger('c', 'n', more));
  expect(tooLong).toMatchObject({ status: 413, body: expect.stringContaining('allowed maximum (10240 bytes)') });
  const batch = [most, more].map((data) => ({ channel: 'c', name: 'n', data }));
  expect(await requestError(sandbox.server.triggerBatch(batch))).toMatchObject({ status: 413 });
  const huge = 'x'.repeat(2 * 1024 * 1024);
  expect(await requestError(sandbox.server.trigger('c', 'n', huge))).toMatchObject({ status: 413 });
  expect(await sandbox.control('GET published')).toHaveLength(1);
});

it('a batch of eleven is refused whole, and so is one with a single bad event', async () => {
  await using sandbox = await openPusherSandbox();
  const batch = Array.from({ length: 11 }, () => ({ channel: 'c', name: 'n', data: {} }));
  expect(await requestError(sandbox.server.triggerBatch(batch))).toMatchObject({ status: 400 });
  const oneBad = [...batch.slice(0, 3), { channel: 'no spaces', name: 'n', data: {} }];
  expect(await requestError(sandbox.server.triggerBatch(oneBad))).toMatchObject({ status: 400 });
  expect(await sandbox.control('GET published')).toEqual([]);
});

it.each([
  ['101 channels', { channels: Array.from({ length: 101 }, (_, index) => `c-${index}`) }],
  ['no channel', { channels: [] }],
  ['no list of channels', { channels: undefined }],
  ['a channel name of 165 characters', { channels: ['c'.repeat(165)] }],
  ['a channel name with a slash', { channels: ['hotels/one'] }],
  ['an empty channel name', { channels: [''] }],
  ['an event name of 201 characters', { name: 'n'.repeat(201) }],
  ['no event name', { name: undefined }],
  ['data that is not text', { data: { code: 'HF-1' } }],
  ['a socket id that is none', { socket_id: 'mine' }],
  ['an attribute that is not known', { info: 'weather' }],
])('%s is refused with 400', async (_, over) => {
  await using sandbox = await openPusherSandbox();
  expect(await postSigned(sandbox, { signed: eventBody(over) })).toMatchObject({ status: 400 });
  expect(await sandbox.control('GET published')).toEqual([]);
});

it('names at their limits are taken', async () => {
  await using sandbox = await openPusherSandbox();
  const channels = Array.from({ length: 100 }, (_, index) => `A_z-9=@,.;${index}`.padEnd(164, 'c'));
  expect(await postSigned(sandbox, { signed: eventBody({ channels, name: 'n'.repeat(200) }) })).toMatchObject({
    status: 200,
  });
  expect(await sandbox.control('GET published')).toHaveLength(100);
});

it('an application may ask which channels are listened to, and by how many', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  await listen(client, 'private-hotel-one');
  await listen(client, 'hotel-one-public');
  await listen(await sandbox.connect(), 'hotel-one-public');
  const ask = async (path: string, params = {}) => (await sandbox.server.get({ path, params })).json();
  expect(await ask('/channels')).toEqual({ channels: { 'private-hotel-one': {}, 'hotel-one-public': {} } });
  expect(await ask('/channels', { filter_by_prefix: 'private-', info: 'subscription_count' })).toEqual({
    channels: { 'private-hotel-one': { subscription_count: 1 } },
  });
  expect(await ask('/channels/hotel-one-public', { info: 'subscription_count' })).toEqual({
    occupied: true,
    subscription_count: 2,
  });
  expect(await ask('/channels/hotel-two-public')).toEqual({ occupied: false });
  const answer = await sandbox.server.trigger('hotel-one-public', 'n', {}, { info: 'subscription_count' });
  expect(await answer.json()).toEqual({ channels: { 'hotel-one-public': { subscription_count: 2 } } });
  client.unsubscribe('private-hotel-one');
  const gone = nextOf(client.connection, 'disconnected');
  await vi.waitFor(async () => {
    expect(await ask('/channels/private-hotel-one')).toEqual({ occupied: false });
  });
  client.disconnect();
  await gone;
  await vi.waitFor(async () => {
    expect(await ask('/channels/hotel-one-public', { info: 'subscription_count' })).toMatchObject({
      subscription_count: 1,
    });
  });
});

it('the latest 100,000 publications are remembered, and the oldest are let go', () => {
  const publications = new Publications();
  for (let number = 0; number < 215_000; number += 1) {
    publications.add({ channel: 'c', name: 'n', data: String(number) });
  }
  const published = publications.list();
  expect(published).toHaveLength(100_000);
  expect([published[0]?.data, published.at(-1)?.data]).toEqual(['115000', '214999']);
  expect(publications.latest(2).map(({ data }) => data)).toEqual(['214999', '214998']);
});
