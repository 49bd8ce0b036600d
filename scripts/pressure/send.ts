export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Sent {
  /** Address of the caller, which the server takes from X-Forwarded-For here. */
  readonly from: string;
  readonly body?: object;
  readonly token?: string;
}

/** Limit for a single request, above the server's own. */
const TIMEOUT_MS = 30_000;

/** Sends a request as from an address: POST with a body, else GET. Status 0 means that no response came. */
export async function send(url: string, { from, body, token }: Sent): Promise<Answer> {
  const headers: Record<string, string> = { 'x-forwarded-for': from };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {} };
  } catch {
    return { status: 0, body: {} };
  }
}

/** Counts the answers by status, the most frequent first: `480 × 200, 20 × 429`. */
export function countStatuses(answers: readonly Answer[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([status, count]) => `${String(count)} × ${status === 0 ? 'no answer' : String(status)}`)
    .join(', ');
}

/** Returns a date so many days from today. */
export function daysAhead(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

let people = 0;

/** Makes a guest whom nobody else is. */
export function makeGuest(): { firstName: string; lastName: string; email: string; phone: string } {
  people += 1;
  const number = String(process.pid * 1_000 + people).padStart(9, '2');
  return { firstName: 'Pat', lastName: 'Pressure', email: `p${number}@example.com`, phone: `+353 ${number}` };
}
