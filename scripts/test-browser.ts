import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { startEmbeddedPostgres } from '../src/db/connection/embedded.ts';
import { moveClock } from '../test/support/database/clock.ts';
import { daysAhead, newGuest } from '../test/support/hotel/build.ts';
import { spawnServer } from '../test/support/server/server.ts';

// `npm run test:browser`: runs the guest page and the checkout page in a real browser. Optional, because a browser is
// needed: Debian's chromium, or the path in the first argument. Screenshots are saved in .data/screenshots.

const executablePath = process.argv[2] ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  console.error(
    `No browser at ${executablePath}. Install chromium, or pass a path: npm run test:browser -- /path/to/chromium`,
  );
  process.exit(1);
}

const SCREENSHOTS = '.data/screenshots';
/** A telephone, a tablet and a desk. */
const WIDTHS = [360, 768, 1_280];

interface Walk {
  readonly page: Page;
  readonly url: string;
  /** Folder of the server's database and of its sandbox. */
  readonly dataDir: string;
}
interface Created {
  readonly booking: { readonly code: string };
  readonly guestToken: string;
}
interface Booked {
  readonly code: string;
  readonly token: string;
}

async function send<Content>(
  url: string,
  path: string,
  body?: object,
  token?: string,
  method = 'POST',
): Promise<Content> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const init = body === undefined ? { headers } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/api/v1${path}`, init);
  const content = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${content}`);
  return JSON.parse(content) as Content;
}

async function book(url: string, slug: string, body: object): Promise<Booked> {
  const request = { guest: newGuest(), ...body };
  const { booking, guestToken } = await send<Created>(url, `/public/properties/${slug}/bookings`, request);
  return { code: booking.code, token: guestToken };
}

const bookStay = async (url: string, slug: string, roomType: string, nights = 2) =>
  book(url, slug, { roomType, checkIn: daysAhead(30), checkOut: daysAhead(30 + nights) });

/** Books the first start of a service two weeks from now or later. */
async function bookTime(url: string, slug: string, service: string, more: object): Promise<Booked> {
  const days = `from=${daysAhead(14)}&to=${daysAhead(20)}`;
  const search = `/public/properties/${slug}/slots?service=${service}&${days}`;
  const { slots } = await send<{ slots: { startsAt: string }[] }>(url, search);
  return book(url, slug, { kind: 'APPOINTMENT', service, startsAt: slots[0]?.startsAt, ...more });
}

/** Sends a request of the demo property's owner. */
async function callStaffApi(url: string, slug: string, path: string, body: object, method = 'POST'): Promise<void> {
  const login = { email: `owner@${slug}.example`, password: 'holdfast-demo' };
  const { accessToken } = await send<{ accessToken: string }>(url, '/auth/login', login);
  await send(url, `/staff/properties/${slug}${path}`, body, accessToken, method);
}

/** Controls the clock of the sandbox's gateway. */
async function controlClock(dataDir: string, body: object): Promise<void> {
  const addresses = JSON.parse(await readFile(path.join(dataDir, 'sandbox.json'), 'utf8')) as { url: string };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${addresses.url}/_sandbox/clock`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Moves the clock of the server's database ahead. */
async function travel(dataDir: string, interval: string): Promise<void> {
  const { url } = await startEmbeddedPostgres({ dataDir });
  await moveClock(url, interval);
}

/** Pays on the sandbox's page without a browser. */
async function payByCard(url: string, token: string, purpose: 'DEPOSIT' | 'BALANCE' = 'DEPOSIT'): Promise<void> {
  const session = await send<{ url: string }>(url, '/guest/booking/payment-session', { purpose }, token);
  await fetch(`${session.url}/pay`, { method: 'POST', redirect: 'manual' });
}

/** Waits for a text on the page and prints the text. */
async function expectText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text, { exact: true }).first().waitFor({ timeout: 20_000 });
  console.log(`  ✓ found ${String(text)}`);
}

/** Lists the texts of the list values that reach beyond their row. */
const OVERFLOWING = `[...document.querySelectorAll('dd')]
  .filter((value) => value.getBoundingClientRect().right > value.parentElement.getBoundingClientRect().right + 0.5)
  .map((value) => value.textContent)`;

/** Takes a picture at each width. Throws: Error when the page is wider than the window, or a value than its row. */
async function shoot(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (wide > width) throw new Error(`${name} is ${String(wide)} pixels wide in a window of ${String(width)}`);
    const cut = await page.evaluate<string[]>(OVERFLOWING);
    if (cut.length > 0) throw new Error(`${name} does not fit into ${String(width)} pixels: ${cut.join(', ')}`);
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}-${String(width)}.png`), fullPage: true });
  }
}

/** Checks that the receipt's window got its style past the policy of the page. */
async function expectStyle(receipt: Page): Promise<void> {
  const family = await receipt.evaluate<string>('getComputedStyle(document.body).fontFamily');
  if (!family.includes('system-ui')) throw new Error(`The receipt has no style: ${family}`);
}

/** Opens a guest's link, often in a tab that shows another booking. */
async function open({ page, url }: Walk, { code, token }: Booked): Promise<void> {
  await page.goto(`${url}/manage#${token}`);
  await expectText(page, `Booking ${code}`);
  if (page.url().includes('#')) throw new Error('The token stays in the address bar');
}

async function walkCheckout(walk: Walk): Promise<void> {
  const { page, url } = walk;
  const held = await bookStay(url, 'monsoon-palace', 'DELUXE');
  console.log(`A guest opens the link to ${held.code}, and pays with the second card`);
  await open(walk, held);
  await expectText(page, 'Waiting for your payment');
  await shoot(page, '1-held');
  await page.getByRole('button', { name: /^Pay .* now$/ }).click();
  await page.getByRole('button', { name: /declined/i }).click();
  await expectText(page, /declined/i);
  await shoot(page, '2-declined');
  await page.getByRole('button', { name: /^pay\b(?!.*declined)/i }).click();
  await expectText(page, 'Confirmed');
  await shoot(page, '3-confirmed');
  const [receipt] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Receipt' }).click(),
  ]);
  await expectText(receipt, 'Still to pay');
  await shoot(receipt, '4-receipt');
  await expectStyle(receipt);
  await receipt.close();
  const longer = { checkIn: daysAhead(30), checkOut: daysAhead(34) };
  await send(url, '/guest/booking/reschedule', longer, held.token);
  await page.reload();
  await expectText(page, /Your move is kept until/);
  await shoot(page, '5-moved');
}

async function walkRequest(walk: Walk): Promise<void> {
  const { page, url } = walk;
  const request = await bookStay(url, 'harbour-hotel', 'SUITE');
  console.log(`A guest requests ${request.code}, leaves the checkout page, pays, and withdraws`);
  await open(walk, request);
  await page.getByRole('button', { name: /^Pay .* now$/ }).click();
  await page.getByRole('link', { name: /back without paying/i }).click();
  await expectText(page, 'Waiting for your payment');
  await payByCard(url, request.token);
  await expectText(page, 'Held on your card');
  await shoot(page, '6-requested');
  // By keyboard: what it used goes away, and it stays in the page.
  await page.getByRole('button', { name: 'Withdraw this request' }).focus();
  await page.keyboard.press('Enter');
  await expectText(page, 'Cancelled');
  const focused = await page.evaluate<string>('document.activeElement.tagName');
  if (focused === 'BODY') throw new Error('The keyboard has lost its place');
  await shoot(page, '7-withdrawn');
}

async function walkAppointments(walk: Walk): Promise<void> {
  const { page, url } = walk;
  const facial = await bookTime(url, 'glow-medspa', 'FACIAL', {});
  console.log(`A guest opens ${facial.code}, to be paid on the day or now`);
  await open(walk, facial);
  await expectText(page, /Facial/);
  await shoot(page, '8-appointment');
  const address = { line1: '12 Alder Court', city: 'Sacramento', postalCode: '95814', country: 'US' };
  const party = await bookTime(url, 'ember-hibachi', 'HIBACHI', { adults: 12, children: 5, address });
  console.log(`A guest pays the deposit of ${party.code}, then cancels`);
  await open(walk, party);
  await expectText(page, /12 Alder Court/);
  await shoot(page, '9-party');
  await payByCard(url, party.token);
  await expectText(page, 'Confirmed');
  await shoot(page, '10-party-deposit');
  await page.getByRole('button', { name: 'Cancel this booking' }).click();
  await expectText(page, 'Cancelled');
  await expectText(page, /was refunded|on its way/);
  await shoot(page, '11-party-cancelled');
}

async function walkLater(walk: Walk): Promise<void> {
  const { page, url, dataDir } = walk;
  await controlClock(dataDir, { captureWindowSeconds: 3_600 });
  const request = await bookStay(url, 'harbour-hotel', 'SUITE');
  console.log(`A guest pays ${request.code} again, because nobody decided in time`);
  await payByCard(url, request.token);
  await open(walk, request);
  await expectText(page, 'Held on your card');
  await travel(dataDir, '2 hours');
  await controlClock(dataDir, { advanceSeconds: 7_200 });
  await expectText(page, 'Please pay again');
  await shoot(page, '12-lapsed');
  await page.getByRole('button', { name: /^Pay again/ }).click();
  await page.getByRole('button', { name: /^pay\b(?!.*declined)/i }).click();
  await expectText(page, 'Held on your card');

  const depositPolicy = { type: 'PERCENT', value: 3_000 };
  await callStaffApi(url, 'monsoon-palace', '', { paymentPolicy: 'DEPOSIT', depositPolicy }, 'PATCH');
  const deposit = await bookStay(url, 'monsoon-palace', 'DELUXE');
  console.log(`A guest pays the deposit of ${deposit.code}, and does not come`);
  await open(walk, deposit);
  await expectText(page, 'Due later');
  await shoot(page, '13-deposit');
  await payByCard(url, deposit.token);
  await expectText(page, 'Confirmed');
  await expectText(page, /Pay the balance/);
  await shoot(page, '14-balance');
  await travel(dataDir, '31 days');
  await callStaffApi(url, 'monsoon-palace', `/bookings/${deposit.code}/no-show`, {});
  await page.reload();
  await expectText(page, 'Missed');
  await shoot(page, '15-no-show');
}

async function walkProblems({ page, url }: Walk): Promise<void> {
  console.log('A guest opens a link that is not complete, and one that nobody sent');
  await page.evaluate('sessionStorage.clear()');
  await page.goto(`${url}/manage`);
  await expectText(page, /link is not complete/);
  await shoot(page, '16-incomplete');
  await page.goto(`${url}/manage#not-a-token`);
  await expectText(page, /not valid any more/);
  await shoot(page, '17-unknown');
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-browser-'));
// A fixed port, because the return URL of the checkout session contains the port.
const server = await spawnServer({ DATA_DIR: dataDir, PORT: process.argv[3] ?? '3987' });
// Disables chromium's background traffic.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage();
  page.on('dialog', (dialog) => void dialog.accept());
  const blocked: string[] = [];
  page.context().on('console', (message) => {
    if (message.type() === 'error') console.log(`  ! ${message.text()}`);
    if (/Content Security Policy/i.test(message.text())) blocked.push(message.text());
  });
  const walk = { page, url: server.url, dataDir };
  for (const part of [walkCheckout, walkRequest, walkAppointments, walkLater, walkProblems]) await part(walk);
  if (blocked.length > 0) throw new Error(`The browser blocked a part of a page: ${blocked.join('\n')}`);
  console.log(`Screenshots saved in ${SCREENSHOTS}.`);
} finally {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
