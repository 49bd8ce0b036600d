import { request } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { openDesk } from '../support/desk.ts';
test('head', async () => {
  const t = await startTestApp();
  const url = await t.app.listen({ port: 0, host: '127.0.0.1' });
  const desk = await openDesk(t);
  const o = request(`${url}/api${desk.path}/events/stream`, { method: 'HEAD', headers: { authorization: `Bearer ${desk.token}` } });
  o.end();
  const [i] = await once(o, 'response');
  i.resume();
  await once(i, 'end');
  console.log(i.statusCode, i.headers['content-type']);
  await new Promise((r) => setTimeout(r, 300));
  console.log('connections', await new Promise((r) => t.app.server.getConnections((_, c) => r(c))));
  await t.close();
});
