import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { MINOR_UNIT_DIGITS } from '../../../domain/money/money.ts';
import { SCRIPT } from './page-script.ts';
import { STYLE } from './page-style.ts';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Your booking</title>
<link rel="stylesheet" href="/manage.css">
<script src="/manage.js" defer></script>
</head>
<body>
<main id="booking"><div class="card"><p>Loading your booking …</p></div></main>
<noscript><p>This page needs JavaScript to show your booking.</p></noscript>
</body>
</html>`;

/** Serves the page at `manageUrl`, for properties without their own guest pages. */
export const managePageRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const hidden = { schema: { hide: true } };
    const script = `const DIGITS = ${JSON.stringify(MINOR_UNIT_DIGITS)};\n${SCRIPT}`;
    for (const [path, type, text] of [
      ['/manage', 'text/html; charset=utf-8', PAGE],
      ['/manage.css', 'text/css; charset=utf-8', STYLE],
      ['/manage.js', 'text/javascript; charset=utf-8', script],
    ] as const) {
      app.get(path, hidden, async (_request, reply) => reply.type(type).serializer(String).send(text));
    }
  };
