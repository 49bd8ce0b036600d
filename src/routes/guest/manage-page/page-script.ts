/**
 * Script of the guest page: shows what `GET /guest/booking/page` describes, and runs its actions.
 *
 * The words are the server's, so that they can be tested there.
 */
export const SCRIPT = `const main = document.getElementById('booking');
// The return URL of the checkout session has no fragment, so the tab keeps the token; the address bar does not.
if (location.hash.length > 1) {
  sessionStorage.setItem('token', location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search);
}
const token = sessionStorage.getItem('token') ?? '';
const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };
const UNREACHABLE = 'The server can not be reached. Check your connection, and try again.';

async function call(path, body) {
  try {
    const answer = await fetch('/api/v1/guest/booking' + path, {
      method: body === undefined ? 'GET' : 'POST', headers, body: body && JSON.stringify(body),
    });
    return { ok: answer.ok, body: await answer.json() };
  } catch {
    return { ok: false, body: { detail: UNREACHABLE } };
  }
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function listOf(rows, isMoney) {
  const list = element('dl', '', isMoney ? 'money' : '');
  for (const { label, value } of rows) {
    const isDue = isMoney && (label === 'To pay now' || label === 'Still to pay');
    const line = element('div', '', isDue ? 'due' : '');
    line.append(element('dt', label), element('dd', value));
    list.append(line);
  }
  return list;
}

function showProblem(text) {
  main.querySelector('.problem')?.remove();
  const problem = element('p', text, 'problem');
  problem.setAttribute('role', 'alert');
  const place = main.querySelector('.card') ?? main;
  place.append(problem);
}

let ticking;
function countDown(line, seconds) {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    line.textContent = 'Time left to pay: ' + Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
    if (left === 0) clearInterval(ticking);
  };
  ticking = setInterval(tick, 1000);
  tick();
}

const ACTIONS = {
  async PAY({ purpose }) {
    const { ok, body } = await call('/payment-session', { purpose });
    if (ok && body.url) location.href = body.url;
    else if (ok) await load();
    else showProblem(body.detail ?? body.title);
  },
  async RECEIPT() {
    // Opened before the request, because pop-up blockers block windows opened after a response.
    const page = window.open('', '_blank');
    const answer = await fetch('/api/v1/guest/booking/receipt.html', { headers }).catch(() => null);
    if (page === null || answer === null) return showProblem(UNREACHABLE);
    page.document.write(await answer.text());
    page.document.close();
  },
  async CANCEL() {
    const quote = await call('/cancellation-quote');
    if (!quote.ok) return showProblem(quote.body.detail ?? quote.body.title);
    if (!confirm('Cancel this booking?' + sayQuote(quote.body))) return;
    const { ok, body } = await call('/cancel', {});
    if (ok) await load();
    else showProblem(body.detail ?? body.title);
  },
};

function sayQuote({ refundAmount, fee, withheld, currency }) {
  const digits = DIGITS[currency] ?? 2;
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  const money = (amount) => new Intl.NumberFormat('en', style).format(amount / 10 ** digits);
  const back = refundAmount + fee === 0 ? '' : ' ' + money(refundAmount) + ' will be refunded'
    + (fee > 0 ? ', ' + money(fee) + ' is kept.' : '.');
  return back + (withheld > 0 ? ' ' + money(withheld) + ' is disputed: your bank decides on it.' : '');
}

let waiting;
let shown = '';
function show(page) {
  clearTimeout(waiting);
  if (page.refreshSeconds !== null) waiting = setTimeout(load, page.refreshSeconds * 1000);
  // The same words again would only interrupt whoever listens to the page.
  const { secondsLeft, ...words } = page;
  if (JSON.stringify(words) === shown) return;
  shown = JSON.stringify(words);
  clearInterval(ticking);
  document.title = page.property + ', ' + page.code;
  const card = element('div', '', 'card');
  card.append(element('h1', page.property), element('p', 'Booking ' + page.code, 'code'));
  const status = element('span', page.status, 'status ' + page.tone);
  status.setAttribute('role', 'status');
  card.append(status);
  if (page.note) card.append(element('p', page.note, 'note'));
  if (secondsLeft !== null) {
    const line = element('p', '', 'left');
    line.setAttribute('role', 'timer');
    card.append(line);
    countDown(line, secondsLeft);
  }
  card.append(element('h2', 'Your booking'), listOf(page.details, false));
  card.append(element('h2', 'Payment'), listOf(page.money, true));
  const actions = element('div', '', 'actions');
  for (const offer of page.actions) {
    const button = element('button', offer.label, offer.action);
    button.type = 'button';
    button.onclick = async () => {
      button.disabled = true;
      await ACTIONS[offer.action](offer);
      button.disabled = false;
    };
    actions.append(button);
  }
  card.append(actions);
  const footer = element('footer', page.phone ? 'Questions? Call ' : '');
  if (page.phone) {
    const link = element('a', page.phone);
    link.href = 'tel:' + page.phone.replaceAll(/[^+0-9]/g, '');
    footer.append(link);
  }
  main.replaceChildren(card, footer);
}

async function load() {
  if (!token) return sayOnly('This link is not complete. Please open it from your message again.');
  const { ok, body } = await call('/page');
  if (ok) return show(body);
  // A booking that is shown stays, and the page tries again.
  if (shown === '') sayOnly(body.detail ?? body.title);
  else waiting = setTimeout(load, 10000);
}

function sayOnly(text) {
  const card = element('div', '', 'card');
  card.append(element('p', text));
  main.replaceChildren(card);
}
load();`;
