import ts from 'typescript';
import { listNodes } from './read-source.ts';
import type { SourceFile, Tree } from './tree.ts';

/** The hot statements may write idempotency keys; elsewhere one module should. */
const STATEMENTS = 'src/db/statements/';
const WRITES_KEYS = [
  /\bidempotencyKey\s*\.\s*(create|createMany|update|updateMany|delete|deleteMany|upsert)\b/,
  /\b(INSERT INTO|UPDATE|DELETE FROM)\s+idempotency_keys\b/,
];
const HOLD_RULE = /'SESSION_CREATED',\s*'FAILED'/g;
const BALANCE_RULE = /total_?payable\s*-\s*\(?[\w.]*paid_?amount/gi;
/** A stored response by its name: `kept.answer`, `findKeptAnswer(…)`, `openStoredResponse(…)`. */
const STORED = /^(kept|stored|answer|response)$|(Kept|Stored|First|Earlier)(Answer|Response)/;

/** Counts files by length, and what the code repeats or circumvents. */
export function countCode({ sources }: Tree): Record<string, number> {
  const lengths = sources.map(({ text }) => text.trimEnd().split('\n').length).toSorted((a, b) => a - b);
  const nodes = sources.map(({ syntax }) => [...listNodes(syntax)]);
  const countNodes = (is: (node: ts.Node) => boolean) => nodes.flat().filter(is).length;
  const countText = (pattern: RegExp) => sources.flatMap(({ text }) => [...text.matchAll(pattern)]).length;
  return {
    'source files': lengths.length,
    'lines of the median file': lengths[Math.floor(lengths.length / 2)] ?? 0,
    'lines of the longest file': lengths.at(-1) ?? 0,
    'calls of contextOf': countNodes((node) => ts.isCallExpression(node) && nameOf(node) === 'contextOf'),
    'files that write idempotency_keys, outside of src/db/statements': sources.filter(writesKeys).length,
    'casts of stored responses': countNodes(isCastOfStored),
    'copies of the hold rule': countText(HOLD_RULE),
    'copies of the balance rule': countText(BALANCE_RULE),
    'spreads of an object literal (`...{ a, b }`)': countNodes(
      (node) => ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression),
    ),
  };
}

function writesKeys({ name, text }: SourceFile): boolean {
  return !name.startsWith(STATEMENTS) && WRITES_KEYS.some((pattern) => pattern.test(text));
}

/**
 * Checks for `x as T` where `x` is named like a stored response.
 *
 * A heuristic on names, because the text alone does not show that the type of `x` is unknown.
 */
function isCastOfStored(node: ts.Node): boolean {
  if (!ts.isAsExpression(node) || ts.isConstTypeReference(node.type)) return false;
  return STORED.test(nameOf(node.expression));
}

/** Names what an expression reads or calls: `answer` of `kept.answer`, `open` of `(await a.open(b))`. */
function nameOf(node: ts.Expression): string {
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node) || ts.isNonNullExpression(node)) {
    return nameOf(node.expression);
  }
  if (ts.isCallExpression(node)) return nameOf(node.expression);
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isIdentifier(node) ? node.text : '';
}
