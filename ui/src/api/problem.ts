// What can go wrong with a call, as one error that a panel can show.
import type { FieldProblem, Problem } from './generated/types.gen.ts';

export class ApiProblem extends Error {
  readonly status: number;
  /** `not-found`, `forbidden`, `conflict`, …; `offline` when no answer came. */
  readonly kind: string;
  readonly title: string;
  readonly requestId: string | undefined;
  readonly fields: FieldProblem[];

  constructor(problem: Partial<Problem> & { status: number; kind: string }) {
    super(problem.detail ?? problem.title ?? `the server answered ${problem.status}`);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.kind = problem.kind;
    this.title = problem.title ?? 'The call failed';
    this.requestId = problem.request_id;
    this.fields = problem.errors ?? [];
  }

  /** Whether the same call may succeed a moment later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string';
}

/** From a refused answer; `body` is whatever could be read of it. */
export function refused(response: Response, body: unknown): ApiProblem {
  const { status } = response;
  const requestId = response.headers.get('x-request-id') ?? undefined;
  if (isProblem(body)) return new ApiProblem({ request_id: requestId, ...body, status, kind: body.type.replace(/^\/problems\//, '') });
  const title = status >= 500 ? 'The server could not answer' : 'The call was refused';
  return new ApiProblem({ status, kind: 'internal', title, detail: `the server answered ${status} ${response.statusText}`.trim(), request_id: requestId });
}

/** From a call without any answer. */
export function unreachable(cause: unknown): ApiProblem {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ApiProblem({ status: 0, kind: 'offline', title: 'The server cannot be reached', detail });
}
