// What the made-up installation answers, in the server's form, and which address leads to which answer.
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FieldProblem, Problem } from '../src/api/generated/types.gen.ts';
import { NOW } from './world.ts';

const PAGE_MAX = 200;

export interface Given {
  status?: number;
  body?: unknown;
}
/** Nothing: the route answered by itself. */
export type Answer = Given | undefined;
export type Route = [method: string, pattern: RegExp, answer: (parts: string[], query: URLSearchParams, request: IncomingMessage, response: ServerResponse) => Answer | Promise<Answer>];

/** A page of a list, as `limit` and `cursor` ask for it. */
export function paged(items: readonly unknown[], query: URLSearchParams, most = PAGE_MAX): { items: readonly unknown[]; next: string | null } {
  const [from, limit] = [Number(query.get('cursor') ?? 0), Math.min(most, Number(query.get('limit') ?? 50))];
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next };
}

export const problem = (status: number, kind: string, title: string, detail: string, errors?: FieldProblem[]): Given => ({
  status,
  body: { type: `/problems/${kind}`, title, status, detail, request_id: '9ea42de890405bf7', ...(errors ? { errors } : {}) } satisfies Problem,
});

export const conflict = (detail: string): Given => problem(409, 'conflict', 'Conflict', detail);

export const found = (what: string, item: unknown): Given => (item === undefined ? problem(404, 'not-found', 'Not found', `there is no such ${what}`) : { body: item });

export function send(response: ServerResponse, { status = 200, body }: Given): void {
  // By the clock of the installation.
  response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', date: new Date(NOW).toUTCString() });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** What was sent with a request, as JSON. */
export async function bodyOf<T>(request: IncomingMessage): Promise<T> {
  const sent: Buffer[] = [];
  for await (const chunk of request) sent.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(sent).toString()) as T;
}
