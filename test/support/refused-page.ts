import { buildApp } from '../../src/app.ts';
import type { Answer, TestApp } from './app.ts';
import type { Desk } from './desk.ts';
import { gatewayAt } from './stripe-gateway.ts';
import { openSandbox } from './stripe-sandbox.ts';

/** Asks for a page that the gateway makes for nobody: a million is too much for a card. */
export async function askForDearPage(t: TestApp, desk: Desk): Promise<Answer> {
  const { code, guestToken } = await desk.book();
  await t.database.sql('UPDATE bookings SET deposit_due = 100000000, total_payable = 100000000 WHERE code = $1', [
    code,
  ]);
  await using sandbox = await openSandbox();
  const app = await buildApp({ ...t.ctx, gateway: gatewayAt(sandbox.url) });
  const answer = await app.inject({
    ...{ method: 'POST', url: '/api/v1/guest/booking/payment-session', payload: {} },
    headers: { authorization: `Bearer ${guestToken}` },
  });
  await app.close();
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}
