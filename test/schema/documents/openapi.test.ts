import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../../../src/errors.ts';
import { explainMismatch, readDocument, readOperations } from '../../support/http/api-document.ts';
import type { DocumentedOperation } from '../../support/http/api-document.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { refusal } from '../../support/http/problems.ts';

let t: TestApp;
let document: Record<string, any>;
let operations: DocumentedOperation[];

/** Pages and the document itself: for people, not part of the API. */
const UNDOCUMENTED = [
  '/docs',
  '/docs/js/scalar.js',
  '/llms.txt',
  '/manage',
  '/manage.css',
  '/manage.js',
  '/mcp',
  '/metrics',
  '/openapi.json',
];
/** Whatever the route, these can happen. */
const ALWAYS = ['validation_failed', 'rate_limited', 'internal_error', 'overloaded'];

beforeAll(async () => {
  t = await startTestApp();
  document = await readDocument(t);
  operations = await readOperations(t);
});
afterAll(() => t.close());

/** The operations of which something is wrong, by name: an empty list is the promise kept. */
const wrong = (isWrong: (operation: DocumentedOperation) => unknown): string[] =>
  operations.filter((operation) => isWrong(operation)).map(({ name }) => name);
const codesOf = ({ answers }: DocumentedOperation) => answers.flatMap(({ codes }) => codes);
const includesAll = (operation: DocumentedOperation, codes: readonly string[]) =>
  codes.every((code) => codesOf(operation).includes(code));

/** Routes as Fastify prints them: a tree, four characters to a level. */
function listRoutes(): string[] {
  const levels: string[] = [];
  return t.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^(?<indent>[│ ]*)[├└]── (?<part>\S+) \((?<methods>[A-Z, ]+)\)$/.exec(line);
      if (!match?.groups) return [];
      const { indent = '', part = '', methods = '' } = match.groups;
      const depth = indent.length / 4;
      levels.splice(depth, Infinity, part);
      const path = levels.join('').replaceAll(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
        .map((method) => `${method} ${path}`);
    });
}

test('the document is OpenAPI 3.1 with a name, a version and a server', () => {
  expect(document).toMatchObject({
    openapi: expect.stringMatching(/^3\.1\.\d$/),
    info: { title: 'Holdfast', version: expect.any(String), description: expect.any(String) },
    servers: [{ url: t.ctx.config.PUBLIC_URL }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  });
});

test('every route there is, is in the document, and no other', () => {
  const served = listRoutes().filter((route) => !UNDOCUMENTED.some((path) => route === `GET ${path}`));
  expect(served.length).toBeGreaterThan(30);
  expect(operations.map(({ name }) => name).toSorted()).toEqual(served.toSorted());
});

test('every reference in the document leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  for (const path of references) {
    const target = path.split('/').reduce<any>((node, key) => node?.[key], document);
    expect(target, path).toBeDefined();
  }
});

test('every parameter of a path is declared, once, and required', () => {
  for (const { name, path, parameters } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const declared = parameters.filter((parameter) => parameter.in === 'path');
    expect(declared.map((parameter) => parameter.name).toSorted(), name).toEqual(inPath.toSorted());
    expect(
      declared.every(({ required }) => required === true),
      name,
    ).toBe(true);
    expect(new Set(parameters.map((parameter) => `${parameter.in} ${parameter.name}`)).size).toBe(parameters.length);
  }
});

test('one thing has one name in every path: slug for the property, code for the booking', () => {
  const misnamed = /\/properties\/(?!\{slug\})|\/hotel\/\{(?!slug\})|bookings\/\{(?!code\})/;
  expect(wrong(({ path }) => misnamed.test(path))).toEqual([]);
});

test('every operation has a summary of its own words', () => {
  expect(wrong(({ summary }) => !/^[A-Z].{8,}/.test(summary ?? ''))).toEqual([]);
});

test('every operation has an id of its own, as a method of a client would be named', () => {
  const ids = operations.map(({ id }) => id ?? '');
  expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) < index)).toEqual([]);
});

test('every tag of an operation stands in the order of tags, and none there is unused', () => {
  const used = Object.values<Record<string, { tags?: string[] }>>(document['paths']).flatMap((methods) =>
    Object.values(methods).flatMap(({ tags = [] }) => tags),
  );
  const ordered = (document['tags'] as { name: string }[]).map(({ name }) => name);
  expect(ordered.toSorted()).toEqual([...new Set(used)].toSorted());
});

test('every operation with a body shows an example that it would accept', () => {
  // A webhook's body is Stripe's, and a replay has none.
  const writing = operations.filter(({ method, path }) => method !== 'GET' && !/webhook/.test(path));
  expect(writing.filter(({ body }) => body === null).map(({ name }) => name)).toEqual([]);
  for (const { name, body } of writing) {
    expect(body?.examples.length, name).toBeGreaterThan(0);
    for (const example of body?.examples ?? []) expect(explainMismatch(body?.schema ?? {}, example), name).toBeNull();
  }
});

test('every operation shows an example of each answer that did something, as it would be answered', () => {
  for (const { name, answers } of operations) {
    const done = answers.filter(({ status }) => status < 300);
    expect(done.length, name).toBeGreaterThan(0);
    for (const { status, content, contentType } of done) {
      if (status === 204) continue;
      expect(contentType, name).toBe('application/json');
      expect(content?.examples.length, name).toBeGreaterThan(0);
      for (const example of content?.examples ?? []) {
        expect(explainMismatch(content?.schema ?? {}, example), `${name} ${String(status)}`).toBeNull();
      }
    }
  }
});

test('every refusal is documented as problem+json with its codes, each under the status it has', () => {
  for (const { name, answers } of operations) {
    for (const { status, description, contentType, codes } of answers.filter((answer) => answer.status >= 400)) {
      expect(contentType, name).toBe('application/problem+json');
      expect(codes.length, name).toBeGreaterThan(0);
      for (const code of codes) {
        expect(ERRORS[code as keyof typeof ERRORS], `${name} ${code}`).toMatchObject({ status });
        expect(description, name).toContain(code);
      }
    }
  }
});

test('every operation documents what can always happen, and what its body can run into', () => {
  expect(wrong((operation) => !includesAll(operation, ALWAYS))).toEqual([]);
  const ofBodies = ['payload_too_large', 'unsupported_media_type'];
  expect(wrong((operation) => operation.body !== null && !includesAll(operation, ofBodies))).toEqual([]);
});

test('every POST that creates or moves money documents what an Idempotency-Key can run into', () => {
  const readsOnly = /\/(realtime\/auth|quotes?|batch|login|refresh|logout|webhooks\/stripe|stripe-webhook|replay)$/;
  const codes = ['answer_withheld', 'idempotency_in_progress', 'idempotency_key_reused'];
  expect(
    wrong(
      (operation) => operation.method === 'POST' && !readsOnly.test(operation.path) && !includesAll(operation, codes),
    ),
  ).toEqual([]);
});

test('every action on a booking by staff documents 412, and a status that forbids it', () => {
  const codes = ['version_conflict', 'invalid_transition'];
  const isAction = ({ method, path }: DocumentedOperation) =>
    method !== 'GET' && path.includes('/staff/') && path.includes('bookings/{code}');
  // Money can go back, and a link be given, whatever the status.
  const inAnyStatus = /\/(refunds|guest-link)$/;
  const needed = ({ path }: DocumentedOperation) => (inAnyStatus.test(path) ? ['version_conflict'] : codes);
  expect(wrong((operation) => isAction(operation) && !includesAll(operation, needed(operation)))).toEqual([]);
});

test('the document says of each route whether it needs a token, as its folder says', () => {
  const needsToken =
    /^\/api\/(v1\/)?(staff|guest|ops|agent)\/|^\/mcp$|^\/api\/v1\/auth\/me$|\/payment-session$|\/realtime\/auth$|\/room-bookings\/\{/;
  // Old systems had one path for what guests and what staff do.
  const old =
    /^(GET|PUT|DELETE|PATCH) \/api\/v1\/bookings(\/\{code\}|\/admin\/.+|\/stats\/.+)?$|\/api\/admin\/|\/api\/booking\/(cancel|reschedule)$/;
  expect(wrong(({ name, path, isSecured }) => (needsToken.test(path) || old.test(name)) !== isSecured)).toEqual([]);
  expect(wrong((operation) => operation.isSecured && !includesAll(operation, ['unauthorized', 'forbidden']))).toEqual(
    [],
  );
});

test('every route that is said to need a token refuses whoever has none', async () => {
  for (const { method, path, isSecured } of operations) {
    if (!isSecured) continue;
    const url = path
      .replace('{slug}', 'harbour-hotel')
      .replace('{code}', 'BK-2026-0001')
      .replaceAll(/\{\w+\}/g, '101');
    expect(await t.call(method, url), `${method} ${path}`).toMatchObject(refusal('unauthorized'));
  }
});

test('the list of error codes in the description is complete', () => {
  for (const [code, { status }] of Object.entries(ERRORS)) {
    expect(document['info'].description).toContain(`| \`${code}\` | ${String(status)} |`);
  }
});
