import { expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { listen, nextOf, openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';

it('a client joins public and private channels and hears only what it joined', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  const [open, closed] = [await listen(client, 'hotel-one-public'), await listen(client, 'private-hotel-one')];
  await sandbox.server.trigger(['private-hotel-two', 'private-hotel-one', 'hotel-one-public'], 'n', { seq: 1 });
  await vi.waitFor(() => {
    expect(open.heard).toEqual([{ name: 'n', data: { seq: 1 } }]);
    expect(closed.heard).toEqual(open.heard);
  });
});

it('a channel that was left is silent', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  const [left, kept] = [await listen(client, 'left'), await listen(client, 'kept')];
  client.unsubscribe('left');
  await vi.waitFor(async () => {
    expect(await (await sandbox.server.get({ path: '/channels' })).json()).toEqual({ channels: { kept: {} } });
  });
  await sandbox.server.trigger(['left', 'kept'], 'n', {});
  await vi.waitFor(() => {
    expect(kept.heard).toHaveLength(1);
  });
  expect(left.heard).toEqual([]);
});

it.each([
  ['signed with another secret', () => 'sandbox-key:00ff'],
  ['of the right length', () => `sandbox-key:${'0'.repeat(64)}`],
  ['left out', () => ''],
])('a private channel stays closed when the signature is %s', async (_, sign) => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect(sign);
  const channel = client.subscribe('private-hotel-one');
  expect(await nextOf(channel, 'pusher:subscription_error')).toMatchObject({ type: 'AuthError', status: 401 });
  expect(channel.subscribed).toBe(false);
  expect(await (await sandbox.server.get({ path: '/channels' })).json()).toEqual({ channels: {} });
});

it('a signature opens its own channel for its own socket, and no other', async () => {
  await using sandbox = await openPusherSandbox();
  const other = await sandbox.connect();
  const { auth } = sandbox.server.authorizeChannel(other.connection.socket_id, 'private-hotel-one');
  const thief = await sandbox.connect(() => auth);
  const stolen = nextOf(thief.subscribe('private-hotel-one'), 'pusher:subscription_error');
  expect(await stolen).toMatchObject({ status: 401 });
  const overreaching = await sandbox.connect(
    (socketId) => sandbox.server.authorizeChannel(socketId, 'private-hotel-one').auth,
  );
  const reached = nextOf(overreaching.subscribe('private-hotel-two'), 'pusher:subscription_error');
  expect(await reached).toMatchObject({ status: 401 });
});

it('presence channels are refused, also with a good signature', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  const error = await nextOf(client.subscribe('presence-hotel-one'), 'pusher:subscription_error');
  expect(error).toMatchObject({ type: 'AuthError', status: 401 });
});

it('client events are refused and reach nobody', async () => {
  await using sandbox = await openPusherSandbox();
  const [client, other] = [await sandbox.connect(), await sandbox.connect()];
  await listen(client, 'private-hotel-one');
  const { heard } = await listen(other, 'private-hotel-one');
  const refused = nextOf(client.connection, 'error');
  client.channel('private-hotel-one').trigger('client-typing', {});
  expect(await refused).toMatchObject({ data: { message: expect.stringContaining('no client events') } });
  await sandbox.server.trigger('private-hotel-one', 'after', {});
  await vi.waitFor(() => {
    expect(heard).toEqual([{ name: 'after', data: {} }]);
  });
});

it('a client that asks whether somebody is there is answered, and stays', async () => {
  await using sandbox = await openPusherSandbox();
  const client = sandbox.client({ activityTimeout: 20 });
  const pong = new Promise((resolve) => {
    client.connection.bind('message', ({ event }: { event: string }) => {
      if (event === 'pusher:pong') resolve(event);
    });
  });
  expect(await pong).toBe('pusher:pong');
  expect(client.connection.state).toBe('connected');
});

it('an unknown key is turned away with 4001, and the client does not come back', async () => {
  await using sandbox = await openPusherSandbox();
  const client = sandbox.client({ key: 'other-key' });
  const [error] = await Promise.all([nextOf(client.connection, 'error'), nextOf(client.connection, 'disconnected')]);
  expect(error).toMatchObject({ error: { data: { code: 4001 } } });
});

it.each([
  ['/app/sandbox-key?protocol=4', 4007],
  ['/app/sandbox-key', 4008],
  ['/elsewhere?protocol=7', 4005],
])('a socket at %s is closed with %i', async (path, code) => {
  await using sandbox = await openPusherSandbox();
  const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}${path}`);
  expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(code);
});

it('what is not a message of the protocol is refused and the socket goes on', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  for (const nonsense of ['{', '[]', '{"event":1}', '{"event":"pusher:subscribe","data":{"channel":"no spaces"}}']) {
    const refused = nextOf(client.connection, 'error');
    client.connection.send(nonsense);
    expect(await refused).toMatchObject({ type: 'PusherError', data: { code: null } });
  }
  await listen(client, 'c');
  const twice = nextOf(client.connection, 'error');
  client.connection.send_event('pusher:subscribe', { channel: 'c' });
  expect(await twice).toMatchObject({ data: { message: 'Existing subscription to channel c' } });
});

it('a client that is disconnected comes back and joins its channels again, without what it missed', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  const { heard } = await listen(client, 'private-hotel-one');
  const before = client.connection.socket_id;
  const joined = nextOf(client.channel('private-hotel-one'), 'pusher:subscription_succeeded');
  expect(await sandbox.control('POST disconnect')).toEqual({ disconnected: 1 });
  await sandbox.server.trigger('private-hotel-one', 'missed', {});
  await joined;
  expect(client.connection.socket_id).not.toBe(before);
  await sandbox.server.trigger('private-hotel-one', 'after', {});
  await vi.waitFor(() => {
    expect(heard).toEqual([{ name: 'after', data: {} }]);
  });
});

it('the page shows who listens and what was published, with nothing in it coming alive', async () => {
  await using sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  await listen(client, 'private-hotel-one');
  await sandbox.server.trigger('private-hotel-one', 'booking.created', '<script>alert(1)</script>');
  const response = await fetch(`${sandbox.url}/_sandbox`);
  const html = await response.text();
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  for (const shown of [client.connection.socket_id, 'private-hotel-one', 'booking.created']) {
    expect(html).toContain(shown);
  }
  expect(html).not.toContain('<script>');
  expect(html).not.toContain(sandbox.secret);
});

it('closing the sandbox cuts every socket, even while a publication hangs', async () => {
  const sandbox = await openPusherSandbox();
  const client = await sandbox.connect();
  await sandbox.control('POST faults', { next: ['hang', 'slow'], hangMs: 60_000, slowMs: 60_000 });
  const waiting = Promise.allSettled([sandbox.server.trigger('c', 'n', {}), sandbox.server.trigger('c', 'n', {})]);
  await vi.waitFor(async () => {
    expect(await sandbox.control('GET faults')).toMatchObject({ struck: { hang: 1, slow: 1 } });
  });
  const gone = nextOf(client.connection, 'state_change');
  await sandbox.close();
  expect(await gone).toMatchObject({ previous: 'connected' });
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  client.disconnect();
});
