import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { QueueName } from '../../../src/domain/ports/metrics.ts';
import { makeMetrics } from '../../../src/integrations/metrics.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import { readSamples, readTypes } from '../../support/http/metrics.ts';

const rules = readRules(readFileSync('docs/alerts.yml', 'utf8'));
const operations = readFileSync('docs/operations.md', 'utf8');

const QUEUES = Object.keys({
  webhooks: true,
  webhooks_failed: true,
  gateway_operations: true,
  gateway_operations_unknown: true,
  outbox: true,
  realtime: true,
  overdue_holds: true,
  overdue_decisions: true,
  lapsing_authorizations: true,
  open_disputes: true,
  reconciliation_differences: true,
} satisfies Record<QueueName, true>) as QueueName[];

/** What a server tells before anybody has called it, but for one request: labels of routes come with the first. */
const metrics = makeMetrics();
metrics.observeRequest({ method: 'GET', route: '/healthz', status: 200, seconds: 0.001 });
const { body: text } = await metrics.render(QUEUES.map((queue) => ({ queue, depth: 0, oldestSeconds: 0 })));
const samples = readSamples(text);
afterAll(() => metrics.stop());

/** What Prometheus itself knows of a scrape. */
const OF_PROMETHEUS = ['up'];

interface Rule {
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly selectors: readonly Selector[];
}

interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** The alerts of a file in the plain style ours has: a field per line, longer expressions indented below `|-`. */
function readRules(yaml: string): Rule[] {
  return yaml
    .split(/^ {6}- (?=alert:)/m)
    .slice(1)
    .map((block) => {
      const fields = [...block.matchAll(/^ *(\w+): *(?:\|-\n((?: {10,}.*\n)+)|(.+)$)/gm)].map(
        ([, key = '', long, short = '']): [string, string] => [key, (long ?? short).trim()],
      );
      const byName = new Map(fields);
      return { name: byName.get('alert') ?? '', fields: byName, selectors: readSelectors(byName.get('expr') ?? '') };
    });
}

/** Every series an expression asks for. */
function readSelectors(expression: string): Selector[] {
  const functions = /^(sum|min|max|by|le|rate|increase|histogram_quantile)$/;
  return [...expression.matchAll(/\b([a-z][a-z0-9_]*)\b(?:\{([^}]*)\})?(?![^{]*\})/g)]
    .filter(([, name = '']) => !functions.test(name))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      matchers: [...matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(
        ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
      ),
    }));
}

const askedFor = rules.flatMap(({ name, selectors }) =>
  selectors.filter(({ metric }) => !OF_PROMETHEUS.includes(metric)).map((selector) => ({ name, ...selector })),
);

test('there are alerts for what must not go unseen', () => {
  expect(rules.length).toBeGreaterThan(10);
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  const queues = askedFor.flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'queue'));
  expect(new Set(queues.map(({ value }) => value))).toEqual(new Set(QUEUES));
});

test.each(rules)('$name asks for something, waits, says how grave it is, what it is and what to do', (rule) => {
  const { fields, selectors } = rule;
  expect(selectors.length).toBeGreaterThan(0);
  expect(fields.get('for')).toMatch(/^[1-9]\d*m$/);
  expect(fields.get('severity')).toMatch(/^(critical|warning)$/);
  for (const field of ['summary', 'description']) expect(fields.get(field), field).toMatch(/^[A-Z].{30,}\.$/);
});

test.each(rules)('$name is explained in the operations page it points to', ({ name, fields }) => {
  const [page, anchor = ''] = (fields.get('runbook') ?? '').split('#');
  expect(page).toBe('docs/operations.md');
  const headings = [...operations.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  expect(headings.map((heading) => heading.toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
  expect(operations).toContain(`\`${name}\``);
});

test('every metric an alert asks for exists, of the right kind', () => {
  const types = readTypes(text);
  for (const { name, metric } of askedFor) {
    const histogram = /^(\w+)_bucket$/.exec(metric)?.[1];
    if (histogram === undefined) expect(types.get(metric), `${name}: ${metric}`).toMatch(/^(counter|gauge)$/);
    else expect(types.get(histogram), `${name}: ${metric}`).toBe('histogram');
  }
});

test('every label and value an alert asks for is there from the first scrape on, so that its first rise is seen', () => {
  for (const { name, metric, matchers } of askedFor) {
    const series = samples.filter((sample) => sample.name === metric);
    expect(series.length, `${name}: ${metric}`).toBeGreaterThan(0);
    for (const { label, operator, value } of matchers) {
      expect(['=', '=~'], name).toContain(operator);
      const known = series.map(({ labels }) => labels[label] ?? '');
      expect(known.some(Boolean), `${name}: ${metric} has no ${label}`).toBe(true);
      // Routes and their statuses come with the first request.
      if (metric.startsWith('holdfast_http_')) continue;
      for (const part of value.split('|')) expect(known, `${name}: ${metric} ${label}`).toContain(part);
    }
  }
});

test('the operations page names every job that runs by itself, and every queue', () => {
  const schedule = readFileSync('src/jobs/schedule.ts', 'utf8');
  const jobs = [...schedule.matchAll(/name: '([\w-]+)'/g)].map(([, name = '']) => name);
  expect(jobs.length).toBeGreaterThan(3);
  for (const name of [...jobs, ...QUEUES]) expect(operations).toContain(`\`${name}\``);
});

test('the operations page is short, and every script and file it names exists', () => {
  expect(operations.split('\n').length).toBeLessThanOrEqual(150);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...operations.matchAll(/npm run ([a-z]+(?::[a-z]+)?)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  for (const [, file = ''] of operations.matchAll(/`((?:src|docs|prisma|scripts)\/[\w./-]+)`/g)) {
    expect(() => readFileSync(file), file).not.toThrow(/ENOENT/);
  }
});

test('every statement of the operations page runs, and names nothing personal', async () => {
  const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(operations) ?? [];
  const statements = sql.split('\n').filter((line) => line !== '' && !line.startsWith('--'));
  expect(statements.length).toBeGreaterThan(5);
  const database = await cloneDatabase();
  for (const statement of statements) await database.sql(statement);
  await database.drop();
  expect(sql).not.toMatch(/\b(first_name|last_name|email|phone|booker|reason|special_requests)\b(?!_sealed, ':')/);
});
