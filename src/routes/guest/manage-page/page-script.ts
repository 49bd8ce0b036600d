/**
 * Script of the guest page: shows what `GET /guest/booking/page` describes, and runs its actions.
 *
 * The words are the server's, so that they can be tested there.
 */
export const SCRIPT = `const main = document.getElementById('booking');
const announcement = document.getElementById('announcement');
const UNREACHABLE = 'The server can not be reached. Check your connection, and try again.';

// The return URL of the checkout session has no fragment, so the tab keeps the token; the address bar does not.
function takeToken() {
  if (location.hash.length < 2) return false;
  sessionStorage.setItem('token', location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search);
  return true;
}
takeToken();
// Another booking's link, opened in this tab, changes only the fragment.
addEventListener('hashchange', () => { if (takeToken()) location.reload(); });

const token = sessionStorage.getItem('token') ?? '';
const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' };

async function call(path, body) {
  try {
    const answer = await fetch('/api/v1/guest/booking' + path, {
      method: body === undefined ? 'GET' : 'POST', headers, body: body && JSON.stringify(body),
    });
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  } catch {
    return { ok: false, status: 0, body: { detail: UNREACHABLE } };
  }
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function listOf(rows, className) {
  const list = element('dl', '', className);
  for (const { label, value, isDue } of rows) {
    const line = element('div', '', isDue ? 'due' : '');
    line.append(element('dt', label), element('dd', value));
    list.append(line);
  }
  return list;
}

// Shown below the buttons of which one was used.
let used;
function showProblem(text) {
  const problem = element('p', text, 'problem');
  problem.setAttribute('role', 'alert');
  (used?.isConnected ? used : main.querySelector('.card')).after(problem);
}

// Ticks in a timer, which is not announced each second.
let ticking;
let deadline = 0;
function countDown(line) {
  const tick = () => {
    const left = Math.max(0, Math.round((deadline - Date.now()) / 1000));
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
    if (page === null) return showProblem('The receipt was blocked. Allow pop-up windows for this page, and try again.');
    const answer = await fetch('/api/v1/guest/booking/receipt.html', { headers }).catch(() => null);
    if (!answer?.ok) {
      page.close();
      return showProblem(UNREACHABLE);
    }
    page.document.write(await answer.text());
    page.document.close();
  },
  async CANCEL({ label }) {
    const quote = await call('/cancellation-quote');
    if (!quote.ok) return showProblem(quote.body.detail ?? quote.body.title);
    if (!confirm(label + '?' + sayQuote(quote.body))) return;
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

function headOf(page) {
  const title = element('h1', page.property);
  title.tabIndex = -1;
  const parts = [title, element('p', 'Booking ' + page.code, 'code'), element('p', page.status, 'status ' + page.tone)];
  if (page.note) parts.push(element('p', page.note, 'note'));
  if (page.secondsLeft !== null) {
    const line = element('p', '', 'left');
    line.setAttribute('role', 'timer');
    countDown(line);
    parts.push(line);
  }
  return parts;
}

function buttonsOf(offers) {
  const actions = element('div', '', 'actions');
  for (const offer of offers) {
    const button = element('button', offer.label, offer.action);
    button.type = 'button';
    button.onclick = async () => {
      // A disabled button would lose the focus of the keyboard.
      if (button.ariaDisabled === 'true') return;
      button.ariaDisabled = 'true';
      main.querySelector('.problem')?.remove();
      used = actions;
      await ACTIONS[offer.action](offer);
      button.ariaDisabled = 'false';
    };
    actions.append(button);
  }
  return actions;
}

function footerOf(page) {
  const footer = element('footer', page.phone ? 'Questions? Call ' : '');
  if (page.phone) {
    const link = element('a', page.phone);
    link.href = 'tel:' + page.phone.replaceAll(/[^+0-9]/g, '');
    footer.append(link);
  }
  return footer;
}

let waiting;
let shown = '';
function show(page) {
  clearTimeout(waiting);
  if (page.refreshSeconds !== null) waiting = setTimeout(load, page.refreshSeconds * 1000);
  if (page.secondsLeft !== null) deadline = Date.now() + page.secondsLeft * 1000;
  // The same words again would only interrupt whoever listens to the page.
  const words = JSON.stringify({ ...page, secondsLeft: page.secondsLeft === null });
  if (words === shown) return;
  shown = words;
  clearInterval(ticking);
  document.title = page.status + ': ' + page.property + ', ' + page.code;
  const card = element('div', '', 'card');
  const isPayment = ({ action }) => action === 'PAY';
  card.append(...headOf(page), buttonsOf(page.actions.filter(isPayment)));
  card.append(element('h2', 'Your booking'), listOf(page.details, ''));
  card.append(element('h2', 'Payment'), listOf(page.money, 'money'));
  card.append(buttonsOf(page.actions.filter((offer) => !isPayment(offer))));
  const focused = main.contains(document.activeElement) ? document.activeElement.className : null;
  main.replaceChildren(card, footerOf(page));
  // The button that was used may be gone; the keyboard stays in the page all the same.
  if (focused !== null) (main.querySelector('button.' + (focused || 'none')) ?? main.querySelector('h1')).focus();
  announce(page.status + '. ' + (page.note ?? ''));
}

async function load() {
  clearTimeout(waiting);
  if (!token) return sayOnly('This link is not complete. Please open it from your message again.');
  const { ok, status, body } = await call('/page');
  if (ok) return show(body);
  if (status === 401) return sayOnly('This link is not valid any more. Please open the newest message about your booking.');
  // A booking that is shown stays, and the page tries again.
  if (shown === '') sayOnly(body.detail ?? body.title);
  waiting = setTimeout(load, 10000);
}
// A guest who returns to the tab, or leaves the checkout session by the back button, sees the present state.
document.addEventListener('visibilitychange', () => { if (!document.hidden) load(); });
addEventListener('pageshow', ({ persisted }) => { if (persisted) load(); });

function sayOnly(text) {
  clearInterval(ticking);
  shown = '';
  const card = element('div', '', 'card');
  card.append(element('h1', 'Your booking'), element('p', text));
  main.replaceChildren(card);
  announce(text);
}

function announce(text) {
  if (announcement.textContent !== text) announcement.textContent = text;
}
load();`;
