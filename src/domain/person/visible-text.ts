/** Characters without a shape of their own: joiners, marks of direction, fillers, soft hyphens, variation selectors. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Control characters, breaks of lines and paragraphs, and characters that turn the direction of what follows. */
const REFUSED_IN_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
/** The same, but for line breaks and tabs. */
const REFUSED_IN_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069]/u;

/** Drops every invisible character. For values in which none has a meaning: telephone numbers, e-mail addresses. */
export function dropInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, '');
}

/** Tells whether a text has a character that a reader sees: a letter, a digit, punctuation or a symbol. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(dropInvisible(text));
}

/** Tells whether a text is one line that shows its characters in their order. */
export function isPlainLine(text: string): boolean {
  return !REFUSED_IN_A_LINE.test(text) && text.isWellFormed();
}

/** Tells whether a text of several lines shows its characters in their order, and Postgres can store it. */
export function isPlainText(text: string): boolean {
  return !REFUSED_IN_TEXT.test(text) && text.isWellFormed();
}
