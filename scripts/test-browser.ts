import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { daysAhead, guest } from '../test/support/build.ts';
import { spawnServer } from '../test/support/server.ts';

// `npm run test:browser`: a person's way through the guest's page and the checkout page, in a real browser. Optional,
// because it needs one: Debian's chromium, or whatever CHROMIUM names. Screenshots are left in .data/screenshots.

const executablePath = process.argv[2] ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  console.error(
    `There is no browser at ${executablePath}. Install chromium, or name one: npm run test:browser -- /path/to/it`,
  );
  process.exit(1);
}

const SHOTS = '.data/screenshots';

async function book(url: string, slug: string, roomType: string): Promise<{ code: string; token: string }> {
  const body = JSON.stringify({ roomType, checkIn: daysAhead(30), checkOut: daysAhead(32), guest });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/public/properties/${slug}/bookings`, { method: 'POST', headers, body });
  const { booking, guestToken } = (await answer.json()) as { booking: { code: string }; guestToken: string };
  return { code: booking.code, token: guestToken };
}

/** Waits for words on the page, and says so. */
async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 20_000 });
  console.log(`  ✓ sees ${String(text)}`);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

async function walk(page: Page, url: string): Promise<void> {
  const { code, token } = await book(url, 'monsoon-palace', 'SUITE');
  console.log(`A guest with the link to ${code}`);
  await page.goto(`${url}/manage#${token}`);
  await sees(page, 'pending payment');
  await shoot(page, '1-held');
  await page.getByRole('button', { name: 'Pay now' }).click();
  await sees(page, /43,660/);
  await shoot(page, '2-checkout');
  await page.getByRole('button', { name: /declined/i }).click();
  await sees(page, /declined/i);
  await shoot(page, '3-declined');
  await page.getByRole('button', { name: /^pay\b(?!.*declined)/i }).click();
  await sees(page, 'confirmed');
  await shoot(page, '4-paid');

  const other = await book(url, 'harbour-hotel', 'SUITE');
  console.log(`A guest with the link to ${other.code}, who leaves the checkout and cancels`);
  await page.goto('about:blank');
  await page.goto(`${url}/manage#${other.token}`);
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.getByRole('link', { name: /leave/i }).click();
  await sees(page, 'pending payment');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Cancel this booking' }).click();
  await sees(page, 'cancelled');
  await shoot(page, '5-cancelled');
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-browser-'));
// A port that is known beforehand, because the way back from the checkout names it.
const server = await spawnServer({ DATA_DIR: dataDir, PORT: process.argv[3] ?? '3987' });
// Without the background traffic that chromium begins by itself.
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
  console.log(`Screenshots are in ${SHOTS}.`);
} finally {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}
