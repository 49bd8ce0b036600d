import ts from 'typescript';

/** A part of a file that people read, with the line on which the part begins. */
export interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
  readonly line: number;
}

export type PieceKind = 'identifier' | 'comment' | 'string' | 'prose' | 'path';

/** Parses TypeScript without checking types. */
export function parseSource(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
}

/** Lists every node of a file, parents first. */
export function* listNodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* listNodes(child);
}

/** Lists identifiers, string parts and comments of a file, in order. */
export function readPieces(file: ts.SourceFile): Piece[] {
  const pieces: Piece[] = [];
  for (const token of listTokens(file, file)) {
    const start = token.getStart(file, false);
    pieces.push(...readComments(file, token.pos, start));
    const kind = classify(token);
    if (kind !== null) pieces.push({ kind, text: token.getText(file), line: lineOf(file, start) });
  }
  return pieces;
}

/** Lists the tokens below a node, without the nodes of doc comments: those are read as comments. */
function* listTokens(node: ts.Node, file: ts.SourceFile): Generator<ts.Node> {
  if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
  const children = node.getChildren(file);
  if (children.length === 0) yield node;
  for (const child of children) yield* listTokens(child, file);
}

function classify(token: ts.Node): 'identifier' | 'string' | null {
  if (ts.isIdentifier(token) || ts.isPrivateIdentifier(token)) return 'identifier';
  if (ts.isStringLiteral(token) || ts.isRegularExpressionLiteral(token)) return 'string';
  return ts.isTemplateLiteralToken(token) ? 'string' : null;
}

/**
 * Lists the comments between two tokens; a run of line comments on adjacent lines is one comment.
 *
 * Returns: texts without their markers (`/**`, ` * `, `//`) and with their line breaks, so that lines still count.
 */
function readComments(file: ts.SourceFile, from: number, to: number): Piece[] {
  if (from === to) return [];
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, file.text);
  scanner.setText(file.text, from, to - from);
  const ranges: { start: number; end: number; isLine: boolean }[] = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    if (!isLine && kind !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    const [start, end] = [scanner.getTokenStart(), scanner.getTokenEnd()];
    const before = ranges.at(-1);
    const isAdjacent = before?.isLine === true && /^[ \t]*\r?\n[ \t]*$/.test(file.text.slice(before.end, start));
    if (isLine && isAdjacent) before.end = end;
    else ranges.push({ start, end, isLine });
  }
  return ranges.map(({ start, end }) => ({
    kind: 'comment',
    text: stripMarkers(file.text.slice(start, end)),
    line: lineOf(file, start),
  }));
}

function stripMarkers(comment: string): string {
  return comment.replace(/\*\/$/, '').replace(/^[ \t]*(\/\*\*?|\*|\/\/+)[ \t]?/gm, '');
}

function lineOf(file: ts.SourceFile, position: number): number {
  return file.getLineAndCharacterOfPosition(position).line + 1;
}
