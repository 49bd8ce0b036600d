import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { MINOR_UNIT_DIGITS } from '../../domain/money/money.ts';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your booking</title>
<link rel="stylesheet" href="/manage.css">
<main id="booking" aria-live="polite"><p>Loading your booking …</p></main>
<script src="/manage.js" defer></script>
</html>`;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2330}
main{max-width:34rem;margin:3rem auto;padding:2rem;background:#fff;border-radius:.75rem;box-shadow:0 1px 4px #0002}
h1{font-size:1.3rem;margin:0 0 1rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1.2rem;margin:0}
dt{color:#5b6474}dd{margin:0}button{margin-top:1.5rem;padding:.6rem 1.2rem;font:inherit;border:1px solid #b3261e;
border-radius:.5rem;background:#fff;color:#b3261e;cursor:pointer}button.receipt{border-color:#5b6474;color:#1c2330;margin-right:1rem}button.pay{border-color:#0b57d0;background:#0b57d0;color:#fff;margin-right:1rem}`;

const SCRIPT = `const main = document.getElementById('booking');
// The return URL of the checkout session has no fragment, so the tab keeps the token.
if (location.hash.length > 1) sessionStorage.setItem('token', location.hash.slice(1));
const token = sessionStorage.getItem('token') ?? '';
const call = (path, method) => fetch('/api/v1/guest' + path, {
  method, headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' }, body: method === 'POST' ? '{}' : undefined,
}).then(async (answer) => ({ ok: answer.ok, body: await answer.json() }));
const say = (text) => { const p = document.createElement('p'); p.textContent = text; main.replaceChildren(p); };
const money = (amount, currency) => {
  const digits = ${JSON.stringify(MINOR_UNIT_DIGITS)}[currency] ?? 2;
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(undefined, style).format(amount / 10 ** digits);
};
let ticking;
function show(booking) {
  clearInterval(ticking);
  const title = document.createElement('h1');
  title.textContent = booking.property.name + ', ' + booking.code;
  const list = document.createElement('dl');
  const add = (name, value) => {
    const [dt, dd] = [document.createElement('dt'), document.createElement('dd')];
    dt.textContent = name; dd.textContent = value; list.append(dt, dd); return dd;
  };
  add('Status', booking.status.replaceAll('_', ' ').toLowerCase());
  if (booking.reservationSecondsLeft !== null) {
    const end = Date.now() + booking.reservationSecondsLeft * 1000;
    const left = add('Held for', '');
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
      left.textContent = Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
      if (seconds === 0) { clearInterval(ticking); setTimeout(load, 6000); }
    };
    ticking = setInterval(tick, 1000); tick();
  }
  if (booking.stay) add('Stay', booking.stay.roomTypeName + ', ' + booking.stay.checkIn + ' to ' + booking.stay.checkOut);
  add('Total', money(booking.price.totalPayable, booking.price.currency));
  add('Still to pay', money(booking.balanceDue, booking.price.currency));
  if (booking.property.phone) add('Questions', booking.property.phone);
  main.replaceChildren(title, list);
  if (booking.paidAmount > 0 || booking.paymentStage === 'REFUNDED') {
    const receipt = document.createElement('button');
    receipt.textContent = 'Receipt';
    receipt.className = 'receipt';
    receipt.onclick = async () => {
      // Opened before the request, because pop-up blockers block windows opened after a response.
      const page = window.open('', '_blank');
      const answer = await fetch('/api/v1/guest/booking/receipt.html', { headers: { authorization: 'Bearer ' + token } });
      page.document.write(await answer.text());
      page.document.close();
    };
    main.append(receipt);
  }
  if (booking.status === 'PENDING_PAYMENT' && booking.reservationSecondsLeft !== null) {
    const pay = document.createElement('button');
    pay.textContent = 'Pay now';
    pay.className = 'pay';
    pay.onclick = async () => {
      pay.disabled = true;
      const { ok, body } = await call('/booking/payment-session', 'POST');
      if (ok && body.url) location.href = body.url; else if (ok) load(); else say(body.detail);
    };
    main.append(pay);
  }
  if (booking.status === 'PENDING_PAYMENT') setTimeout(load, 3000);
  if (['PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED'].includes(booking.status)) {
    const button = document.createElement('button');
    button.textContent = 'Cancel this booking';
    button.onclick = async () => {
      const quote = await call('/booking/cancellation-quote', 'GET');
      const { refundAmount, fee, withheld, currency } = quote.body;
      const back = !quote.ok || refundAmount + fee === 0 ? '' : ' ' + money(refundAmount, currency) + ' will be refunded'
        + (fee > 0 ? ', ' + money(fee, currency) + ' is kept.' : '.');
      const bank = withheld > 0 ? ' ' + money(withheld, currency) + ' is disputed: your bank decides on it.' : '';
      if (!confirm('Cancel this booking?' + back + bank)) return;
      const { ok, body } = await call('/booking/cancel', 'POST');
      ok ? show(body) : say(body.detail);
    };
    main.append(button);
  }
}
async function load() {
  if (!token) return say('This link is not complete. Please open it from your message again.');
  const { ok, body } = await call('/booking', 'GET').catch(() => ({ ok: false, body: { detail: 'The server can not be reached.' } }));
  ok ? show(body) : say(body.detail);
}
load();`;

/** Serves the page at `manageUrl`, for properties without their own guest pages. */
export const managePageRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const hidden = { schema: { hide: true } };
    app.get('/manage', hidden, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').serializer(String).send(PAGE),
    );
    app.get('/manage.css', hidden, async (_request, reply) => reply.type('text/css').serializer(String).send(STYLE));
    app.get('/manage.js', hidden, async (_request, reply) =>
      reply.type('text/javascript').serializer(String).send(SCRIPT),
    );
  };
