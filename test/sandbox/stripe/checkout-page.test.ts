import http from 'node:http';
import { expect, it } from 'vitest';
import { openSandbox, sessionParams } from '../../support/sandbox/stripe-sandbox.ts';

const open = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, html: await response.text() };
};
const click = (url: string) => fetch(url, { method: 'POST', redirect: 'manual' });

it('the page says what is paid and how much, without anything from elsewhere', async () => {
  await using sandbox = await openSandbox();
  const session = await sandbox.stripe.checkout.sessions.create(
    sessionParams({
      line_items: [
        { quantity: 2, price_data: { currency: 'jpy', unit_amount: 4_500, product_data: { name: 'A <b>night</b>' } } },
      ],
    }),
  );
  const { status, headers, html } = await open(session.url ?? '');
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(html).toContain('¥9,000');
  expect(html).toContain('A &#60;b&#62;night&#60;/b&#62; × 2');
  expect(html).toMatch(/>Pay<.*>Simulate a declined card<.*href="https:\/\/shop\.test\/left">Back without paying</s);
  expect(html).not.toMatch(/<script|<link|<img|src=/);
});

it('paying on the page leads to the success address with the session in it', async () => {
  await using sandbox = await openSandbox();
  const { id, url } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  const response = await click(`${url}/pay`);
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(`https://shop.test/paid?session=${id}`);
  expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete' });
});

it('a declined card leads back to the page, which says so and can still be paid', async () => {
  await using sandbox = await openSandbox();
  const { id, url } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  const response = await click(`${url}/decline`);
  const back = new URL(response.headers.get('location') ?? '', sandbox.url);
  expect((await open(back.href)).html).toContain('Your card was declined');
  expect((await click(`${url}/pay`)).headers.get('location')).toBe(`https://shop.test/paid?session=${id}`);
});

it('a page that was paid or has expired says so, and its buttons do nothing any more', async () => {
  await using sandbox = await openSandbox();
  const paid = await sandbox.stripe.checkout.sessions.create(sessionParams());
  await click(`${paid.url}/pay`);
  expect((await open(paid.url ?? '')).html).toContain('Payment complete');
  const again = await click(`${paid.url}/pay`);
  expect(again.headers.get('location')).toBe(`/c/pay/${paid.id}`);

  const expired = await sandbox.stripe.checkout.sessions.create(sessionParams());
  await sandbox.stripe.checkout.sessions.expire(expired.id);
  expect((await open(expired.url ?? '')).html).toContain('has expired');
  const late = await click(`${expired.url}/pay`);
  expect(late.headers.get('location')).toBe(`/c/pay/${expired.id}`);
  expect((await sandbox.stripe.paymentIntents.list()).data).toHaveLength(1);
  expect((await open(`${sandbox.url}/c/pay/cs_test_none`)).status).toBe(404);
});

it('the page stands at the public address when one is given', async () => {
  await using sandbox = await openSandbox({ publicUrl: 'https://pay.example.test/' });
  const session = await sandbox.stripe.checkout.sessions.create(sessionParams());
  expect(session.url).toBe(`https://pay.example.test/c/pay/${session.id}`);
});

it('a page elsewhere can neither pay nor move the clock: a foreign Host or Origin is refused', async () => {
  await using sandbox = await openSandbox();
  const { id, url } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  const { origin, host } = new URL(url ?? '');
  const post = (target: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = http.request(target, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.once('error', reject).end();
    });
  for (const target of [`${url ?? ''}/pay`, `${origin}/_sandbox/clock`]) {
    expect(await post(target, { origin: 'https://attacker.example' })).toBe(403);
    expect(await post(target, { origin: 'null' })).toBe(403);
    expect(await post(target, { host: 'rebound.attacker.example' })).toBe(403);
  }
  expect(await sandbox.stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'open' });
  expect(await post(`${url ?? ''}/pay`, { origin: `http://${host}` })).toBe(303);
});
