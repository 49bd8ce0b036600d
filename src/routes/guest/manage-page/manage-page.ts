import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { MINOR_UNIT_DIGITS } from '../../../domain/money/money.ts';
import { restrictSources } from '../../../http/access/content-policy.ts';
import { sendTagged } from '../../../http/contract/etag.ts';
import { RECEIPT_STYLE_SOURCE } from '../../shapes/views/money/receipt-page.ts';
import { SCRIPT } from './page-script.ts';
import { STYLE } from './page-style.ts';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Your booking</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/manage.css">
<script src="/manage.js" defer></script>
</head>
<body>
<p id="announcement" class="unseen" role="status"></p>
<main id="booking"><div class="card"><p>Loading your booking …</p></div></main>
<noscript><p>This page needs JavaScript to show your booking.</p></noscript>
</body>
</html>`;

/** Allows the page its own files, and the style of the receipt, whose window inherits this policy. */
const POLICY = restrictSources({
  'script-src': ["'self'"],
  'style-src': ["'self'", RECEIPT_STYLE_SOURCE],
  'img-src': ['data:'],
  'connect-src': ["'self'"],
});

/** Serves the page at `manageUrl`, for properties without their own guest pages. */
export const managePageRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const hidden = { schema: { hide: true } };
    const script = `const DIGITS = ${JSON.stringify(MINOR_UNIT_DIGITS)};\n${SCRIPT}`;
    // Browsers ask for a newer version each time, so that page, style and script are always of one version.
    const headers = { 'cache-control': 'no-cache', 'content-security-policy': POLICY };
    for (const [path, type, text] of [
      ['/manage', 'text/html; charset=utf-8', PAGE],
      ['/manage.css', 'text/css; charset=utf-8', STYLE],
      ['/manage.js', 'text/javascript; charset=utf-8', script],
    ] as const) {
      const tagged = { type, text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
      app.get(path, hidden, async (request, reply) => sendTagged(request, reply.headers(headers), tagged));
    }
  };
