import { z } from 'zod';
import type { TestApp } from '../server/app.ts';

/** One operation of the API document, with what tests ask of it. */
export interface DocumentedOperation {
  /** Such as `POST /api/v1/auth/login`. */
  readonly name: string;
  /** OpenAPI's `operationId`. */
  readonly id: string | undefined;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string | undefined;
  readonly isSecured: boolean;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly body: DocumentedContent | null;
  readonly answers: readonly DocumentedAnswer[];
}

export interface DocumentedContent {
  readonly schema: Record<string, unknown>;
  readonly examples: readonly unknown[];
}

export interface DocumentedAnswer {
  readonly status: number;
  readonly description: string;
  readonly contentType: string | null;
  readonly content: DocumentedContent | null;
  /** The error codes it is documented with; none for an answer that is no refusal. */
  readonly codes: readonly string[];
}

/** The API document as it is served. */
export async function readDocument(t: TestApp): Promise<Record<string, any>> {
  const { status, body } = await t.call('GET', '/openapi.json');
  if (status !== 200) throw new Error(`There is no API document: ${String(status)}`);
  return body;
}

/** Every operation of the document. */
export async function readOperations(t: TestApp): Promise<DocumentedOperation[]> {
  const { paths } = await readDocument(t);
  return Object.entries<Record<string, any>>(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const body = operation.requestBody?.content?.['application/json'];
      return {
        name: `${method.toUpperCase()} ${path}`,
        path,
        summary: operation.summary,
        id: operation.operationId,
        method: method.toUpperCase() as DocumentedOperation['method'],
        isSecured: (operation.security ?? []).length > 0,
        parameters: operation.parameters ?? [],
        body: body ? toContent(body) : null,
        answers: Object.entries<Record<string, any>>(operation.responses).map(toAnswer),
      };
    }),
  );
}

function toAnswer([status, answer]: [string, Record<string, any>]): DocumentedAnswer {
  const [entry] = Object.entries<Record<string, any>>(answer['content'] ?? {});
  return {
    status: Number(status),
    description: answer['description'],
    contentType: entry?.[0] ?? null,
    content: entry ? toContent(entry[1]) : null,
    codes: entry?.[1]['schema']?.properties?.code?.enum ?? [],
  };
}

/** An example may stand beside the schema, in a list with names, or in the schema itself. */
function toContent(content: Record<string, any>): DocumentedContent {
  const named = Object.values<{ value: unknown }>(content['examples'] ?? {}).map(({ value }) => value);
  const single = 'example' in content ? [content['example']] : [];
  return { schema: content['schema'], examples: [...single, ...named, ...(content['schema']?.examples ?? [])] };
}

/** What is wrong with a value according to a JSON schema; null when nothing is. */
export function explainMismatch(schema: Record<string, unknown>, value: unknown): string | null {
  const parsed = z.fromJSONSchema(schema).safeParse(value);
  return parsed.success ? null : z.prettifyError(parsed.error);
}
