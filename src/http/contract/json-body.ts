import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors.ts';

/** Ten times what the deepest valid body has. Deeper ones exhaust the stack of validation and serialization. */
const MAX_DEPTH = 64;
const TOO_DEEP = `must be nested at most ${String(MAX_DEPTH)} deep`;

/**
 * Accepts JSON bodies only, nested at most 64 deep.
 *
 * Reads an absent body as an empty object, so that errors name the missing members.
 * Throws: validation_failed.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    if (text === '') {
      done(null, undefined);
      return;
    }
    if (isTooDeep(text)) {
      done(
        new AppError('validation_failed', {
          detail: `The body ${TOO_DEEP}.`,
          errors: [{ path: '', message: TOO_DEEP }],
        }),
      );
      return;
    }
    void parseJson(request, text, done);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.method !== 'GET' && request.method !== 'HEAD') request.body = {};
    done();
  });
}

/** Counts brackets outside of strings, without recursion. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (isInString) {
      if (letter === '\\') index += 1;
      else if (letter === '"') isInString = false;
    } else if (letter === '"') isInString = true;
    else if (letter === '{' || letter === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (letter === '}' || letter === ']') depth -= 1;
  }
  return false;
}
