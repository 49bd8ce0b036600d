import type { Context } from '../../../src/context.ts';
import type { Metrics } from '../../../src/domain/ports/metrics.ts';

/** A line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

const LINE = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;

/** The samples of a scrape. Throws at the first line that is none. */
export function readSamples(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const { name = '', labels = '', value = '' } = LINE.exec(line)?.groups ?? {};
    if (name === '' || Number.isNaN(Number(value))) throw new Error(`Not a sample: ${line}`);
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
    return { name, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

/** The names of all metrics of a scrape, as their TYPE lines give them. */
export function readTypes(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]));
}

/** What Holdfast counts of its business, one number per series: neither requests and statements nor the process. */
const OF_BUSINESS = /^holdfast_(?!http_|database_|queue_)\w+$/;

/** Which series of the business `work` has moved, and by how much: `name label=value …` → difference. */
export async function movedBy(ctx: Pick<Context, 'metrics'>, work: () => Promise<unknown>) {
  const before = await readSeries(ctx.metrics);
  await work();
  const after = await readSeries(ctx.metrics);
  const moved = [...after].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)]);
  return Object.fromEntries(moved.filter(([, difference]) => difference !== 0));
}

async function readSeries(metrics: Metrics): Promise<Map<string, number>> {
  const { body } = await metrics.render(null);
  const samples = readSamples(body).filter(({ name }) => OF_BUSINESS.test(name) && !name.endsWith('_bucket'));
  return new Map(samples.map(({ name, labels, value }) => [spell(name, labels), value]));
}

function spell(name: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [name, ...pairs.toSorted()].join(' ');
}
