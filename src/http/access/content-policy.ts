import { createHash } from 'node:crypto';

type Directive = 'script-src' | 'style-src' | 'img-src' | 'font-src' | 'connect-src';

/** Builds a Content-Security-Policy that allows a page these sources, no frames, no forms and nothing else. */
export function restrictSources(sources: { readonly [D in Directive]?: readonly string[] }): string {
  const allowed = Object.entries(sources).map(([directive, list]) => [directive, ...list].join(' '));
  const denied = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return ["default-src 'none'", ...allowed, ...denied].join('; ');
}

/** Builds the source of a script or style that is written in the page's own text. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
