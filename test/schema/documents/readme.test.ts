import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BOOKING_ACTIONS, FIRST_STATUSES } from '../../../src/domain/booking-status.ts';

const readme = readFileSync('README.md', 'utf8');

test('the status diagram shows the table, no more and no less', () => {
  const drawn = [...readme.matchAll(/^ {4}(\S+) --> (\S+?)(?:: (\w+))?$/gm)].map(
    ([, from, to, action]) => `${from} ${to} ${action}`,
  );
  const first = FIRST_STATUSES.map((status) => `[*] ${status} undefined`);
  const table = Object.entries(BOOKING_ACTIONS).flatMap(([action, { from, to }]) =>
    from.flatMap((before) => to.map((after) => `${before} ${after} ${action}`)),
  );
  expect(drawn.toSorted()).toEqual([...first, ...table].toSorted());
});

test('every script and every file it names exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)\b/g)].map(([, name]) => name);
  expect(named.filter((name) => name !== 'ci' && !(String(name) in scripts))).toEqual([]);
  const files = [...readme.matchAll(/`((?:src|test|prisma|docs|scripts)\/[\w./-]+)`/g)].map(([, file]) => String(file));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
