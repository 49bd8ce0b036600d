import { deleteExpiredTokens } from '../../../src/services/platform/auth/session/delete-expired-tokens.ts';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
const credentials = { email: 'frontdesk@harbour-hotel.example', password: 'holdfast-demo' };

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const login = (body: unknown = credentials) => t.call('POST', '/v1/auth/login', { body });
const refresh = (refreshToken: string, headers: Record<string, string> = {}): Promise<Answer> =>
  t.call('POST', '/v1/auth/refresh', { body: { refreshToken }, headers });
const logout = (refreshToken: string) => t.call('POST', '/v1/auth/logout', { body: { refreshToken } });
const me = (token?: string) => t.call('GET', '/v1/auth/me', { ...(token !== undefined && { token }) });

test('the right password starts a session that says who is signed in', async () => {
  const answer = await login();
  expect(answer).toMatchObject({
    status: 200,
    body: { accessToken: expect.any(String), expiresIn: 900, refreshToken: expect.stringMatching(/^[\w-]{43}$/) },
  });
  expect(await me(answer.body.accessToken)).toMatchObject({
    status: 200,
    body: {
      email: credentials.email,
      name: 'Finn Demo',
      platformAdmin: false,
      memberships: [{ slug: 'harbour-hotel', role: 'FRONT_DESK' }],
    },
  });
});

test('a platform administrator is signed in without working anywhere', async () => {
  const { body } = await me(await t.tokenFor('admin@holdfast.example'));
  expect(body).toMatchObject({ memberships: [], platformAdmin: true });
});

test('the case of an e-mail does not matter', async () => {
  expect((await login({ ...credentials, email: 'FrontDesk@Harbour-Hotel.Example' })).status).toBe(200);
});

test('an unknown address and a wrong password are refused in the same words', async () => {
  const wrong = await login({ ...credentials, password: 'guess' });
  const unknown = await login({ ...credentials, email: 'nobody@harbour-hotel.example' });
  expect(wrong).toMatchObject(refusal('invalid_credentials'));
  expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
});

test.each([
  [{ email: credentials.email }, 'password'],
  [{ password: 'x' }, 'email'],
  [{ ...credentials, email: 'nobody' }, 'email'],
  [{ ...credentials, password: 1 }, 'password'],
  [{ ...credentials, password: 'x'.repeat(201) }, 'password'],
  [{ ...credentials, otp: '1' }, 'otp'],
])('a login with %j is 400 at %s', async (body, path) => {
  expect(await login(body)).toMatchObject(invalid(path));
});

test.each(['login', 'refresh', 'logout'])('%s takes JSON, and not too much of it', async (route) => {
  const send = (type: string, body: string) =>
    t.call('POST', `/v1/auth/${route}`, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'me')).toMatchObject(refusal('unsupported_media_type'));
  const large = JSON.stringify({ padding: 'x'.repeat(300_000) });
  expect(await send('application/json', large)).toMatchObject(refusal('payload_too_large'));
  expect(await send('application/json', '{}')).toMatchObject(refusal('validation_failed'));
});

test('a refresh token works once and is traded for the next', async () => {
  const first = (await login()).body.refreshToken;
  const answer = await refresh(first);
  expect(answer).toMatchObject({ status: 200, body: { expiresIn: 900 } });
  expect(answer.body.refreshToken).not.toBe(first);
  expect((await me(answer.body.accessToken)).status).toBe(200);
  expect((await refresh(answer.body.refreshToken)).status).toBe(200);
});

test('a refresh token that comes twice ends the whole session, the thief’s and the owner’s', async () => {
  const stolen = (await login()).body.refreshToken;
  const next = (await refresh(stolen)).body.refreshToken;
  expect(await refresh(stolen)).toMatchObject(refusal('unauthorized'));
  expect(await refresh(next)).toMatchObject(refusal('unauthorized'));
});

test('of two who use one refresh token at once, at most one gets a session', async () => {
  const { refreshToken } = (await login()).body;
  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
});

test('reuse of one session leaves another of the same user alone', async () => {
  const [one, other] = [(await login()).body.refreshToken, (await login()).body.refreshToken];
  await refresh(one);
  await refresh(one);
  expect((await refresh(other)).status).toBe(200);
});

test('a dry run does not get around the rotation of refresh tokens', async () => {
  const { refreshToken } = (await login()).body;
  const prefer = { prefer: 'dry-run' };
  const answers = [await refresh(refreshToken, prefer), await refresh(refreshToken, prefer)];
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
});

test('a refresh token that is over or unknown is 401', async () => {
  const { refreshToken } = (await login()).body;
  expect(await refresh('A'.repeat(43))).toMatchObject(refusal('unauthorized'));
  await t.database.sql(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second'`);
  expect(await refresh(refreshToken)).toMatchObject(refusal('unauthorized'));
});

/** How the attempts to trade a token ended, by the log, in order. */
const refusals = () => t.logged.filter(({ event }) => event === 'auth/refresh').map(({ outcome }) => outcome);

test('only a token that was used before is logged as reused, not one that is over, logged out or of somebody deactivated', async () => {
  const email = 'viewer@harbour-hotel.example';
  const start = async (): Promise<string> => (await login({ ...credentials, email })).body.refreshToken;
  t.logged.length = 0;
  const over = await start();
  await t.database.sql(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second'`);
  await refresh(over);
  const ended = await start();
  await logout(ended);
  await refresh(ended);
  const theirs = await start();
  await t.database.sql('UPDATE users SET is_active = false WHERE email = $1', [email]);
  await refresh(theirs);
  await t.database.sql('UPDATE users SET is_active = true WHERE email = $1', [email]);
  expect(refusals()).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
  const copied = await start();
  await refresh(copied);
  await refresh(copied);
  expect(refusals().slice(3)).toEqual(['reused']);
});

test('logging out ends the session, and doing it again does no harm', async () => {
  const { refreshToken } = (await login()).body;
  expect(await logout(refreshToken)).toMatchObject({ status: 204, body: '' });
  expect(await refresh(refreshToken)).toMatchObject(refusal('unauthorized'));
  expect((await logout(refreshToken)).status).toBe(204);
  expect((await logout('A'.repeat(43))).status).toBe(204);
});

test('who was deactivated is out at once, whatever tokens they have', async () => {
  const email = 'viewer@monsoon-palace.example';
  const { accessToken, refreshToken } = (await login({ ...credentials, email })).body;
  await t.database.sql('UPDATE users SET is_active = false WHERE email = $1', [email]);
  expect(await me(accessToken)).toMatchObject(refusal('unauthorized'));
  expect(await refresh(refreshToken)).toMatchObject(refusal('unauthorized'));
  expect(await login({ ...credentials, email })).toMatchObject(refusal('invalid_credentials'));
});

test('an access token that is forged, foreign, over or not one at all is 401', async () => {
  const { id } = await t.ctx.db.user.findUniqueOrThrow({ where: { email: credentials.email } });
  const secret = new TextEncoder().encode(t.ctx.config.JWT_SECRET);
  const token = (issuer: string) => new SignJWT().setProtectedHeader({ alg: 'HS256' }).setIssuer(issuer).setSubject(id);
  const right = await token('holdfast').setExpirationTime('1m').sign(secret);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${right.split('.')[1] ?? ''}.`;
  expect((await me(right)).status).toBe(200);
  const wrong = [
    await token('holdfast')
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode('somebody else’s secret, long enough')),
    await token('other').setExpirationTime('1m').sign(secret),
    await token('holdfast').setExpirationTime('-1s').sign(secret),
    ...[unsigned, 'hf_demo_agent_harbour-hotel', 'x'],
  ];
  for (const each of wrong) expect(await me(each)).toMatchObject(refusal('unauthorized'));
  expect(await me()).toMatchObject(refusal('unauthorized'));
});

test('neither a password nor a refresh token can be read in the database', async () => {
  const { refreshToken } = (await login()).body;
  const dump = Object.values(await dumpTables(t.database)).join('\n');
  expect(dump).not.toContain(refreshToken);
  expect(dump).not.toContain(credentials.password);
});

test('a refresh token expires by the database’s clock, and is deleted then', async () => {
  const { body } = await t.call('POST', '/v1/auth/login', {
    body: { email: 'owner@harbour-hotel.example', password: 'holdfast-demo' },
  });
  const { id: userId } = await t.ctx.db.user.findUniqueOrThrow({ where: { email: 'owner@harbour-hotel.example' } });
  const count = () => t.ctx.db.refreshToken.count({ where: { userId } });
  await t.database.travel('29 days');
  await deleteExpiredTokens(t.ctx);
  expect(await count()).toBeGreaterThan(0);
  await t.database.travel('31 days');
  const late = await t.call('POST', '/v1/auth/refresh', { body: { refreshToken: body.refreshToken } });
  await deleteExpiredTokens(t.ctx);
  expect([late.status, await count()]).toEqual([401, 0]);
  await t.database.travel('0 minutes');
});
