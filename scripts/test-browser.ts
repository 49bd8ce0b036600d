import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { daysAhead, guest } from '../test/support/hotel/build.ts';
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

async function book(url: string, slug: string, roomType: string): Promise<{ code: string; token: string }> {
  const body = JSON.stringify({ roomType, checkIn: daysAhead(30), checkOut: daysAhead(32), guest });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/public/properties/${slug}/bookings`, { method: 'POST', headers, body });
  const { booking, guestToken } = (await answer.json()) as { booking: { code: string }; guestToken: string };
  return { code: booking.code, token: guestToken };
}

/** Waits for a text on the page and prints the text. */
async function expectText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 20_000 });
  console.log(`  ✓ found ${String(text)}`);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}

async function walk(page: Page, url: string): Promise<void> {
  const { code, token } = await book(url, 'monsoon-palace', 'SUITE');
  console.log(`A guest opens the link to ${code} and pays`);
  await page.goto(`${url}/manage#${token}`);
  await expectText(page, 'pending payment');
  await shoot(page, '1-held');
  await page.getByRole('button', { name: 'Pay now' }).click();
  await expectText(page, /43,660/);
  await shoot(page, '2-checkout');
  await page.getByRole('button', { name: /declined/i }).click();
  await expectText(page, /declined/i);
  await shoot(page, '3-declined');
  await page.getByRole('button', { name: /^pay\b(?!.*declined)/i }).click();
  await expectText(page, 'confirmed');
  await shoot(page, '4-paid');

  const other = await book(url, 'harbour-hotel', 'SUITE');
  console.log(`A guest opens the link to ${other.code}, leaves the checkout page and cancels`);
  await page.goto('about:blank');
  await page.goto(`${url}/manage#${other.token}`);
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.getByRole('link', { name: /back without paying/i }).click();
  await expectText(page, 'pending payment');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Cancel this booking' }).click();
  await expectText(page, 'cancelled');
  await shoot(page, '5-cancelled');
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
  await walk(await browser.newPage({ viewport: { width: 1_000, height: 800 } }), server.url);
  console.log(`Screenshots saved in ${SCREENSHOTS}.`);
} finally {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
