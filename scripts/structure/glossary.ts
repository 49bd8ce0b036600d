import type { Piece, PieceKind } from './read-source.ts';

/**
 * A word that only this repository uses, and the field's term for it.
 *
 * The patterns of names are matched against the words of an identifier or path (`closeOpenPage` is "close open page"),
 * the patterns of text against comments, strings and documents with every blank and line break as one space.
 */
export interface Entry {
  readonly word: string;
  readonly term: string;
  /** In identifiers, and in paths where `paths` has no pattern of its own. */
  readonly names?: RegExp;
  readonly paths?: RegExp;
  /** In comments and documents, and in strings where `strings` has no pattern of its own. */
  readonly text?: RegExp;
  readonly strings?: RegExp | null;
  /** Uses that are the field's own; matched against the words of a name, or against the text around a hit. */
  readonly allowed?: RegExp;
  /** Files in which the word means something else. */
  readonly elsewhere?: RegExp;
}

export interface Hit {
  readonly file: string;
  /** 0: the file's name. */
  readonly line: number;
  readonly kind: PieceKind;
  readonly word: string;
  readonly found: string;
  readonly term: string;
}

/** Files that serve web pages, or drive a browser over them. */
const WEB_PAGES = /^src\/sandbox\/|^scripts\/test-browser\.ts$/;
/** Files without lists of results: every page in them is a checkout session. */
const PAYING = /^src\/services\/(money\/(checkout|gateway|payment|refund)|desk\/reschedule|selling\/hold)\//;

const PAGE_TO_PAY = anyOf(
  '(payment|checkout|open) pages?',
  'pages? (to pay on|that (is|was) (still )?open)',
  '(open|clos|mak)(e|es|ed|ing)? (a|the|one|another) page',
  'page (is|was) (still )?(open|closed|being made)',
);

export const GLOSSARY: readonly Entry[] = [
  {
    word: 'page (to pay on)',
    term: 'checkout session',
    names: /\b(open|unknown|close|payment|checkout|stale) pages?\b|\bpages? stale\b/,
    text: PAGE_TO_PAY,
    strings: /\b((payment|checkout) pages?|pages? to pay on)\b/,
    allowed: /\bworking checkout page/,
    elsewhere: WEB_PAGES,
  },
  {
    word: 'page (in services that take payments)',
    term: 'checkout session',
    text: /\bpages?\b/,
    strings: null,
    // The first entry counts these; `page by page` is about lists.
    allowed: anyOf('page by page', PAGE_TO_PAY.source),
    elsewhere: new RegExp(`^(?!${PAYING.source.slice(1)})`),
  },
  { word: 'beat', term: 'phase', names: /\bbeats?\b/, text: /\bbeats?\b/ },
  {
    word: 'stranger',
    term: 'unrelated payment',
    names: /\bstrangers?\b/,
    text: /\bstrangers?\b/,
    // People who do not know each other; and a member of the reconciliation's response.
    allowed: /shared by strangers|may be a stranger|^strangers$/,
  },
  {
    word: 'bell, ring',
    term: 'notifier, notify',
    names: /\b(bells?|rings?)\b/,
    text: /\b(bells?|rings|rang)\b/,
    // A set of keys.
    allowed: /\bkey ?rings?\b/,
  },
  {
    word: 'kept answer',
    term: 'cached response (stored response for idempotency)',
    names: /\bkept answers?\b|\bkeeps? answers?\b|\bsend kept\b|\banswers? kept\b/,
    text: anyOf(
      'kept answers?',
      'answers? ((is|are|was|can be|of public reads are|with a code are never) )?kept',
      'keeps? (its|the|an) answers?',
    ),
    strings: /\bkept[ -]answers?\b|\banswers?[ -]kept\b/,
    // A variable of the environment that operators set.
    allowed: /^KEEP_ANSWERS$/,
    elsewhere: /^src\/sandbox\//,
  },
  {
    word: 'kept (an answer)',
    term: 'cached response (stored response for idempotency)',
    names: /^kept$/,
    elsewhere: /^(?!src\/(http|services\/(core\/idempotency|money\/(checkout|gateway)|selling\/new-booking))\/)/,
  },
  {
    word: 'spell',
    term: 'format, encode',
    names: /\b(spells?|spelled)\b/,
    text: /\b(spells?|spelled)\b/,
    allowed: /\bspelled out\b|\bspell your\b/,
  },
  {
    word: 'said, wish, asked',
    term: 'input, request, query',
    names: /\b(said|wish|wished|wishes|asked)\b/,
    text: /\bwish(es|ed)?\b/,
    // A query of SQL names its input.
    strings: /\b(with|from|join|,) asked\b|\basked\.\w|\bas said_|\basked_slug\b/,
    allowed: /\bbest wishes\b/,
  },
  { word: 'sheet', term: 'details', names: /\bsheets?\b/, allowed: /\bstyle ?sheets?\b/ },
  {
    word: 'desk (a type)',
    term: 'PropertyContext, AgentSession',
    names: /\bdesk\b/,
    // The room `services/desk` is named for the front desk.
    paths: /\b(read|an?|the) desk\b/,
    // In capitals a role or an audience.
    allowed: /\bfront desk\b|^DESK$/,
  },
  {
    word: 'in the way',
    term: 'blocking',
    text: /\bin (the|its|their|our|nobody[’']s|(this )?\w+[’']s) way\b|\bout of (the|its|their) way\b/,
    allowed: /\bin the way (that|it|they|we|of|the)\b/,
  },
  {
    word: 'shortcut',
    term: 'direct query',
    names: /\bshortcuts?\b/,
    text: /\bshortcuts?\b/,
    allowed: /keyboard shortcut/,
  },
  {
    word: 'stranded',
    term: 'displaced',
    names: /\bstrand(ed|s)?\b/,
    text: /\bstrand(ed|s)?\b/,
    // A member of responses.
    allowed: /^stranded appointments$/,
  },
  {
    word: 'promo use',
    term: 'redemption',
    names: /\bpromo uses?\b|\b(overdue|other) uses\b|^uses by customer$/,
    text: /\bpromo uses?\b|\bpromo[’']s uses?\b/,
    // Tables, constraints, columns and invariants keep their names: `promo_uses`, `promo_in_use`; so does Prisma's model.
    allowed: /_|^promo use$/,
  },
  {
    word: 'settle',
    term: 'record, apply, finalize, close',
    names: /\bsettle(s|d|ment|ments)?\b/,
    text: /\bsettle(s|d|ment|ments)?\b/,
    // A column, promises of JavaScript, and the hotel's word for paying a bill.
    allowed: /\bsettled[ _]at\b|\ball settled\b|\ballSettled\b|\bbalance (must be|to be|is) settled\b/,
  },
  {
    word: 'hearing/, watch/, kept/',
    term: 'parsing/, observability/, response-cache/',
    paths: /\/(hearing|watch|kept)\//,
    strings: /\/(hearing|watch|kept)\//,
  },
  {
    word: 'come back, give back',
    term: 'refund (money), release (nights, redemptions)',
    names: /\b(come|comes|came|give|gives|gave|given|giving) back\b/,
    text: anyOf('(come|comes|came|coming|give|gives|gave|given|giving) back'),
    // Clients that connect again, guests who return, and the sentence that an agent speaks.
    allowed: anyOf('(clients?|servers?|guest|callers?|prints what)\\b[^.;:]{0,40}\\b(come|comes|came) back'),
    elsewhere: /^src\/domain\/speech\/agent-say\.ts$/,
  },
  {
    word: 'stands, is over',
    term: 'is confirmed, has ended, endedAt',
    names: /\bstands?\b|\bis over\b/,
    text: anyOf(
      '(it|that|bookings?|holds?|money|payments?|disputes?|stands or has) (stands?|stood)',
      '(is|are|was|be) over',
    ),
    // A signature is over bytes, a time limit runs out, and a reason may stand longest.
    allowed: /\bstands? (for|in|against|alone|longest)\b|\bstand-ins?\b|\b(time|minute) is over\b|\bis over the\b/,
  },
  {
    word: 'told, heard',
    term: 'notified, received',
    names: /\b(told|tells?|hears?|heard|hearing)\b/,
    text: /\b(told|heard)\b/,
    // English for telling things from each other and for orders, and what a caller's ear hears.
    allowed: /\btold apart\b|\btold to (?!others\b)|\bI heard\b|\bheard or read\b/,
  },
  {
    word: 'looks at, looks for',
    term: 'checks, finds, lists',
    names: /\blook (at|for)\b/,
    text: /\b(looks|looked) (at|for)\b/,
  },
];

/** Lists where the words of a piece are in the glossary's left column. */
export function findCoined(file: string, piece: Piece): Hit[] {
  const isName = piece.kind === 'identifier' || piece.kind === 'path';
  const text = isName ? splitName(piece) : piece.text.replace(/\s/g, ' ');
  return GLOSSARY.flatMap((entry) => {
    const pattern = patternFor(entry, piece.kind);
    if (pattern === undefined || entry.elsewhere?.test(file) === true) return [];
    return [...text.matchAll(new RegExp(pattern.source, pattern.flags.includes('i') ? 'g' : 'gi'))]
      .filter(({ index, 0: found }) => !isAllowed(entry, piece, text, index, found))
      .map(({ index, 0: found }) => ({
        file,
        kind: piece.kind,
        word: entry.word,
        term: entry.term,
        line: piece.kind === 'path' ? 0 : piece.line + piece.text.slice(0, index).split('\n').length - 1,
        found: isName ? piece.text : found,
      }));
  });
}

function patternFor(entry: Entry, kind: PieceKind): RegExp | undefined {
  if (kind === 'identifier') return entry.names;
  if (kind === 'path') return entry.paths ?? entry.names;
  if (kind === 'string') return entry.strings === null ? undefined : (entry.strings ?? entry.text);
  return entry.text;
}

/** Checks whether a hit is part of a use that the entry allows. */
function isAllowed({ allowed }: Entry, piece: Piece, text: string, index: number, found: string): boolean {
  if (allowed === undefined) return false;
  if (piece.kind === 'identifier' || piece.kind === 'path') return allowed.test(text) || allowed.test(piece.text);
  return [...text.matchAll(new RegExp(allowed.source, 'gi'))].some(
    (use) => use.index < index + found.length && index < use.index + use[0].length,
  );
}

/** Builds a pattern of whole words out of alternatives. */
function anyOf(...alternatives: readonly string[]): RegExp {
  return new RegExp(`\\b(${alternatives.join('|')})\\b`);
}

/** Splits a name into small words; the folders of a path stay apart by `/`. */
function splitName({ text }: Piece): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_.]/g, ' ')
    .toLowerCase();
}
