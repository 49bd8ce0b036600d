import type { Answer, TestApp } from './app.ts';
import { daysAhead } from './build.ts';
import { openDesk } from './desk.ts';

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
