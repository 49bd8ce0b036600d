import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * Tells whether a request for a page or a control comes from the machine's own user.
 *
 * A foreign Host is a name that a web page has pointed at this machine, and a foreign Origin is such a page itself: both
 * could pay, decline or change the clock unseen.
 */
export function isOwnRequest(headers: IncomingHttpHeaders, publicUrl: string | null): boolean {
  const host = headers.host ?? '';
  const isOwnHost = LOOPBACK.test(host) || (publicUrl !== null && host === new URL(publicUrl).host);
  const { origin } = headers;
  return isOwnHost && (origin === undefined || origin === `http://${host}` || origin === `https://${host}`);
}
