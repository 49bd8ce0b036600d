import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readConfig, variables } from '../../../src/config.ts';

const text = await readFile(new URL('../../../.env.example', import.meta.url), 'utf8');
/** `# description` and below it `#NAME=default`. */
const entries = [...text.matchAll(/^# (.+)\n#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, description, name, value]) => ({
  description,
  name: name ?? '',
  value: value ?? '',
}));

test('.env.example lists every variable that is read, in the order of src/config.ts, and no other', () => {
  expect(entries.map(({ name }) => name)).toEqual(Object.keys(variables));
  expect([...text.matchAll(/^#?\s*[A-Z][A-Z0-9_]*=/gm)]).toHaveLength(entries.length);
});

test('.env.example says of every variable what src/config.ts says of it', () => {
  const described = Object.entries(variables).map(([name, schema]) => [name, schema.description]);
  expect(entries.map(({ name, description }) => [name, description])).toEqual(described);
});

test('.env.example, taken as it is or with every line switched on, changes nothing', () => {
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  const values = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  expect(readConfig(values)).toEqual(readConfig({}));
});
