// The API over the made-up installation: reads answer as the server would, actions answer and change nothing.
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';

import type { Changes, JobView, LogLines, LogMatches, Me, RunView, WaitingView } from '../src/api/generated/types.gen.ts';
import { type Answer, found, type Given, paged, problem, type Route, send } from './answers.ts';
import { branchRoutes } from './branch.ts';
import { flowRoutes } from './flows.ts';
import { chunks, lines, MILLION } from './log.ts';
import type { Handler } from './serve.ts';
import { setupRoutes } from './setup.ts';
import * as world from './world.ts';

export const TOKEN = 'krk_fixture';
const page = (items: readonly unknown[], query: URLSearchParams, most?: number): Given => ({ body: paged(items, query, most) });

const allRuns = new Map<string, RunView>(world.flows.flatMap((flow) => flow.runs ?? []).map((run) => [run.id, run]));
const jobs = new Map<string, JobView[]>();

function jobsOf(run: string): JobView[] {
  const known = jobs.get(run);
  if (known) return known;
  const about = allRuns.get(run);
  const made = about ? world.jobsOf(about) : [];
  jobs.set(run, made);
  return made;
}

/** As the server filters jobs: by states and outcomes, `error` for all outcomes but `ok`. */
function likeAsked(query: URLSearchParams): (job: JobView) => boolean {
  const [states, outcomes] = ['state', 'outcome'].map((name) => query.get(name)?.split(','));
  const ended = ({ outcome }: JobView) => outcomes === undefined || (outcome != null && (outcomes.includes(outcome) || (outcomes.includes('error') && outcome !== 'ok')));
  return (item) => (states?.includes(item.state) ?? true) && ended(item);
}

const job = (id: string): JobView | undefined => jobsOf(id.replace(/-\d+$/, '')).find((item) => item.id === id);
const projectNamed = (name: string) => world.projects.find((project) => project.name === name || project.id === name);

/** The log of the large run's jobs has a million lines; others have a few thousand, are still growing, or were removed. */
const logLength = (id: string) => (id.startsWith(world.LARGE_RUN) ? MILLION : id.startsWith(world.STRIPPED) ? 0 : 3000);

function log(id: string, query: URLSearchParams): Answer {
  const total = logLength(id);
  const tail = query.get('tail');
  const from = tail === null ? Number(query.get('from') ?? 0) : Math.max(0, total - Number(tail));
  const limit = tail === null ? Number(query.get('limit') ?? 1000) : Number(tail);
  const steps = (total === 0 ? [] : [0, 12, 40, total - 300, total - 300]).map((first, step) => ({ step, first_line: first, at: new Date(world.NOW).toISOString() }));
  return { body: { lines: [...lines(from, Math.min(total, from + limit))], total, complete: job(id)?.state === 'completed', ...{ steps } } satisfies LogLines };
}

function search(id: string, query: URLSearchParams): Answer {
  // The server's expressions take their flags inside.
  const pattern = new RegExp((query.get('q') ?? '').replace(/^\(\?i\)/, ''), 'i');
  const limit = Number(query.get('limit') ?? 100);
  const out: LogMatches = { lines: [], next_from: null };
  for (const line of lines(Number(query.get('from') ?? 0), logLength(id))) {
    if (pattern.test(line.text)) out.lines.push(line);
    if (out.lines.length >= limit) break;
  }
  return { body: out };
}

async function download(id: string, response: ServerResponse): Promise<undefined> {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  for (const chunk of chunks(logLength(id))) if (!response.write(chunk)) await once(response, 'drain');
  response.end();
}

const ROUTES: Route[] = [
  ...branchRoutes,
  ...flowRoutes,
  ['GET', /^projects$/, (_, query) => page(world.projects, query)],
  ['GET', /^projects\/([^/]+)$/, ([name = '']) => found('project', projectNamed(name))],
  ['GET', /^projects\/([^/]+)\/branches$/, ([name = ''], query) => page(world.branches.filter((branch) => branch.project === projectNamed(name)?.id), query)],
  ['GET', /^projects\/([^/]+)\/branches\/([^/]+)$/, ([name = '', branch]) => found('branch', world.branches.find((item) => item.project === projectNamed(name)?.id && item.name === branch))],
  ['GET', /^branches\/([^/]+)$/, ([id]) => found('branch', world.branches.find((branch) => branch.id === id))],
  ['POST', /^branches\/([^/]+)\/flows$/, () => ({ status: 201, body: world.flows[0] })],
  ['GET', /^flows\/([^/]+)$/, ([id]) => found('flow', world.flows.find((flow) => flow.id === id))],
  ['GET', /^flows\/([^/]+)\/artifacts$/, ([id], query) => page(id === world.STRIPPED ? [] : world.artifacts, query)],
  ['GET', /^runs\/([^/]+)$/, ([id = '']) => found('run', allRuns.get(id))],
  ['GET', /^runs\/([^/]+)\/jobs$/, ([id = ''], query) => page(jobsOf(id).filter(likeAsked(query)), query, 1000)],
  ['GET', /^runs\/([^/]+)\/artifacts$/, ([id = ''], query) => page(id.startsWith(world.STRIPPED) ? [] : world.artifacts, query)],
  ['GET', /^jobs\/([^/]+)$/, ([id = '']) => {
    const item = job(id);
    return found('job', item && { ...item, steps: world.stepsOf(item) });
  }],
  ['GET', /^jobs\/([^/]+)\/waiting$/, ([id = '']) => ({ body: { waiting: job(id)?.state === 'queued', reason: '12 jobs are before it; 2 agents fit (rig-04 is busy, rig-08 is busy); rig-12 runs debian-12, not ubuntu-22.04', ahead: 12 } satisfies WaitingView })],
  ['GET', /^jobs\/([^/]+)\/log$/, ([id = ''], query) => log(id, query)],
  ['GET', /^jobs\/([^/]+)\/log\/search$/, ([id = ''], query) => search(id, query)],
  ['GET', /^jobs\/([^/]+)\/log\/download$/, ([id = ''], _query, _request, response) => download(id, response)],
  ['GET', /^agents$/, (_, query) => page(world.agents, query)],
  ['GET', /^agents\/([^/]+)$/, ([id]) => found('agent', world.agents.find((agent) => agent.id === id))],
  ['GET', /^agents\/([^/]+)\/jobs$/, (_, query) => page(jobsOf(`${world.FLOW}-4`).concat(jobsOf(`${world.FLOW}-3`)), query)],
  ['GET', /^groups$/, (_, query) => page(world.groups, query)],
  ['GET', /^me$/, () => ({ body: { token: world.tokens[0]!.id, name: 'Ada (browser)', grants: [{ role: 'admin', project: null }], expires_at: null } satisfies Me })],
  ['GET', /^tokens$/, (_, query) => page(world.tokens, query)],
  ['GET', /^enrolment-tokens$/, (_, query) => page([], query)],
  ['GET', /^logs$/, (_, query) => ({ body: world.foundIn(query.get('q') ?? '') })],
  ...setupRoutes,
  ['GET', /^changes$/, () => ({ body: { etag: 'same', changed: {}, next_ms: 15_000 } satisfies Changes })],
  ['POST', /^(flows|runs|jobs)\/[^/]+\/(cancel|start)$/, () => problem(403, 'forbidden', 'Not allowed', 'it needs the role user in this project')],
];

export const fixtures: Handler = async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://x');
  const path = url.pathname.replace(/^\/api\//, '');
  // As the server does: its version is no secret.
  if (path !== 'version' && request.headers.authorization !== `Bearer ${TOKEN}`) {
    send(response, problem(401, 'unauthorised', 'Who are you?', 'this token is not known'));
    return;
  }
  for (const [method, pattern, answer] of ROUTES) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    const given = await answer(match.slice(1).map(decodeURIComponent), url.searchParams, request, response);
    if (given) send(response, given);
    return;
  }
  send(response, problem(404, 'not-found', 'Not found', `the fixtures have nothing at ${request.method ?? ''} ${url.pathname}`));
};
