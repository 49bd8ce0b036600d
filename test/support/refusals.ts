import { buildApp } from '../../src/app.ts';
import type { Answer, TestApp } from './app.ts';
import { daysAhead } from './build.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { gatewayAt } from './stripe-gateway.ts';
import { openSandbox } from './stripe-sandbox.ts';

/** A guest who has paid, and could cancel for nothing long ago, asks for another night. */
export async function moveLate(t: TestApp): Promise<Answer> {
  const cancellationPolicy = { tiers: [{ hoursBefore: 24 * 365, refundPercent: 100 }] };
  const desk = await openDesk(t, { property: { cancellationPolicy } });
  const code = await desk.confirm();
  const { body } = await desk.call('GET', `/bookings/${code}`);
  await desk.act(code, 'payments', { method: 'CASH', amount: body.balanceDue });
  const token = (await desk.act(code, 'guest-link', {})).body.guestToken as string;
  const to = { checkIn: daysAhead(90), checkOut: daysAhead(91) };
  return t.call('POST', '/v1/guest/booking/reschedule', { token, body: to });
}

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
