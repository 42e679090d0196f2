// What the made-up installation says of flows beside each other: changes, the queue, branches with their last flows, parameters, data.
import type { BranchOverview, ChangesSinceGreen, FlowMark, FlowParameter, FlowView, GroupCapacity, QueuedJob } from '../src/api/generated/types.gen.ts';
import { found, paged, problem, type Route } from './answers.ts';
import * as world from './world.ts';

const { at, AWKWARD } = world;
const sha = (number: number): string => number.toString(16).padStart(4, '0').repeat(10);

const SUBJECTS = ['Show why a job is waiting', AWKWARD.html, 'Retry flaky LXD tests', AWKWARD.rtl, 'Bump tokio to 1.49', AWKWARD.long, `${AWKWARD.emoji} Fix queue starvation on spot loss`];
const PEOPLE = ['ania', AWKWARD.rtl, 'Bob the Builder', AWKWARD.html];

/** The change of a flow: every third one has none. */
function changeOf(flow: FlowView): Record<string, unknown> | undefined {
  const number = flow.sequence;
  if (number % 3 === 1) return undefined;
  const commits = Array.from({ length: 1 + (number % 3) }, (_, index) => ({
    id: sha(number * 10 + index),
    author: { name: PEOPLE[(number + index) % PEOPLE.length], email: 'someone@example.com' },
    timestamp: flow.created_at,
    message: `${SUBJECTS[(number + index) % SUBJECTS.length] ?? ''}\n\n${index === 1 ? `It was not said.\n${AWKWARD.html}` : ''}`,
    added: ['a'],
    modified: Array.from({ length: number % 5 }, (__, file) => `file-${file}`),
    removed: [],
  }));
  return {
    trigger: 'github-push',
    repo: 'https://github.com/acme/kraken.git',
    branch: flow.branch_name,
    before: sha(number * 10 - 1),
    after: sha(number * 10),
    commits,
    by: { name: PEOPLE[number % PEOPLE.length] },
    url: `https://github.com/acme/kraken/compare/${number}`,
    ...(flow.kind === 'dev' ? { pull_request: { action: 'opened', number, title: AWKWARD.html, url: 'javascript:alert(1)', target_branch: 'main', from_fork: true, labels: [], draft: false } } : {}),
    ...(number === 200 ? { note: `the oldest 12 commits were left out ${AWKWARD.html}` } : {}),
  };
}

interface Told {
  subject: string | null;
  commits: { message: string }[];
  [name: string]: unknown;
}

/** Flows carry their change in a few words. */
for (const flow of world.flows) {
  const change = changeOf(flow) as Told | undefined;
  if (!change) continue;
  const brief = {
    trigger: 'github-push',
    repo: 'https://github.com/acme/kraken.git',
    branch: flow.branch_name,
    before: sha(flow.sequence * 10 - 1),
    after: sha(flow.sequence * 10),
    subject: change.commits.at(-1)?.message.split('\n')[0] ?? null,
    commits: change.commits.length,
    by: PEOPLE[flow.sequence % PEOPLE.length] ?? null,
    url: `https://github.com/acme/kraken/compare/${flow.sequence}`,
    ...(flow.kind === 'dev' ? { pull_request: flow.sequence, target_branch: 'main', from_fork: true } : {}),
  };
  Object.assign(flow, { change: brief });
}

const flowCalled = (id: string | undefined) => world.flows.find((flow) => flow.id === id);
const resultOf = (flow: FlowView): FlowView['result'] => (flow.state !== 'completed' ? null : flow.cancelled ? 'cancelled' : flow.runs?.some((run) => run.result === 'error') ? 'error' : 'ok');
const listed = (flow: FlowView, runs: boolean): FlowView => ({ ...flow, result: resultOf(flow), runs: runs ? flow.runs : undefined });
const mark = (flow: FlowView): FlowMark => ({ id: flow.id, label: flow.label, created_at: flow.created_at, result: resultOf(flow) });

function sinceGreen(of: FlowView): ChangesSinceGreen {
  const before = world.flows.filter((flow) => flow.branch === of.branch && flow.kind === of.kind && flow.sequence < of.sequence);
  const green = before.find((flow) => resultOf(flow) === 'ok');
  const since = [of, ...before.filter((flow) => flow.sequence > (green?.sequence ?? 0))];
  const items = since.flatMap((flow) => {
    const change = changeOf(flow);
    return change ? [{ flow: mark(flow), changes: [change] }] : [];
  });
  return { green: green ? mark(green) : null, flows: since.length, older_not_looked_at: false, items, flows_left_out: 0, commits_left_out: green ? 0 : 12 };
}

/** A queue of 500, of three lanes. */
const WAITING = 500;
const LANES = [
  ['hw-rig', 'ubuntu-22.04', '12 jobs are before it; 2 agents fit (rig-04 is busy, rig-08 is busy)'],
  ['all', 'debian-12', 'it is next; 7 agents fit (3 idle, 2 busy, 1 offline, 1 disabled)'],
  [AWKWARD.long, AWKWARD.html, `no agent is in the group "${AWKWARD.long}" yet: enrol one`],
] as const;
const queued: QueuedJob[] = Array.from({ length: WAITING }, (_, index) => {
  const [group, system, reason] = LANES[index % 7 === 3 ? 2 : index % 2] ?? LANES[0];
  const flow = world.flows[index % 12]!;
  const branch = world.branches.find((item) => item.id === flow.branch)!;
  return {
    job: `${flow.id}-5-${index + 1}`,
    name: index === 3 ? AWKWARD.html : index === 4 ? AWKWARD.long : index === 5 ? AWKWARD.rtl : `case ${index}`,
    run: `${flow.id}-5`,
    flow: flow.id,
    flow_label: flow.label,
    kind: flow.kind,
    stage: 'stg',
    stage_name: 'system tests',
    branch: branch.id,
    branch_name: branch.name,
    project: branch.project,
    project_name: index % 9 === 0 ? AWKWARD.rtl : 'kraken',
    agents_group: group,
    system,
    executor: 'local',
    since: at(4000 - index * 7),
    reason,
    ...(index < 450 ? { position: Math.floor(index / 2) + 1 } : {}),
  };
});
const groups: GroupCapacity[] = ['all', 'hw-rig', 'arm64', AWKWARD.html, AWKWARD.rtl, AWKWARD.long, ...Array.from({ length: 12 }, (_, index) => `rack-${index}`)].map((group, index) => ({
  group,
  idle: index === 0 ? 9 : 0,
  busy: index === 0 ? 15 : index % 4,
  offline: index % 3,
  disabled: index === 1 ? 1 : 0,
  waiting: queued.filter((job) => job.agents_group === group).length,
  ...(index === 1 ? { more: true } : {}),
}));

const overview = (kind: string): BranchOverview[] => world.branches
  .filter((branch) => branch.archived_at == null)
  .map((branch) => ({
    id: branch.id,
    name: branch.name,
    branch_name: branch.branch_name,
    project: branch.project,
    project_name: world.projects.find((project) => project.id === branch.project)?.name ?? '',
    flows: world.flows.filter((flow) => flow.branch === branch.id && flow.kind === kind).slice(0, 12).map((flow) => listed(flow, false)),
  }));

const parameters: FlowParameter[] = [
  { name: 'WHERE', type: 'string', default: 'near', description: 'Where to run it', choices: ['near', 'far', AWKWARD.html], stages: [{ stage: 'tarball', default: 'near' }] },
  { name: 'LEVEL', type: 'string', description: AWKWARD.html, stages: [{ stage: 'tarball', default: '1' }, { stage: AWKWARD.long, default: '' }] },
  { name: 'DEPTH', type: 'string', description: '', choices: ['1', '2'], stages: [{ stage: 'tarball', default: '1' }, { stage: 'build', default: '2' }] },
  { name: AWKWARD.long, type: 'string', default: '', description: AWKWARD.rtl, stages: [{ stage: 'tarball', default: '' }] },
];

const DATA = { systems: ['debian-12', 'ubuntu-22.04'], note: AWKWARD.html, versions: { kraken: '0.1.0', [AWKWARD.rtl]: 7, [AWKWARD.long]: null } };

export const flowRoutes: Route[] = [
  ['GET', /^branches$/, (_, query) => ({ body: paged(overview(query.get('kind') ?? 'ci'), query) })],
  ['GET', /^branches\/([^/]+)\/flows$/, ([id], query) => ({ body: paged(world.flows.filter((flow) => flow.branch === id && (query.get('kind') ?? 'ci') === flow.kind).map((flow) => listed(flow, query.get('runs') === 'true')), query) })],
  ['GET', /^branches\/([^/]+)\/parameters$/, ([id]) => ({ body: { items: id === world.MAIN ? parameters : [] } })],
  ['GET', /^flows\/([^/]+)\/changes$/, ([id]) => ({ body: [flowCalled(id)].flatMap((flow) => (flow && changeOf(flow) ? [changeOf(flow)] : [])) })],
  ['GET', /^flows\/([^/]+)\/changes\/since-green$/, ([id]) => {
    const flow = flowCalled(id);
    return found('flow', flow && sinceGreen(flow));
  }],
  ['GET', /^flows\/([^/]+)\/data$/, ([id], _query, _request, response) => {
    if (id !== world.VERSIONLESS) response.setHeader('etag', '"7"');
    if (id === world.STRIPPED) {
      // JavaScript can't say such a number.
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"build":9007199254740993,"text":"9007199254740993"}');
      return undefined;
    }
    return { body: id === world.FLOW ? DATA : {} };
  }],
  ['PUT', /^flows\/[^/]+\/data$/, (_, _query, request) =>
    request.headers['if-match'] === '"7"' ? problem(412, 'stale', 'Changed meanwhile', 'the data has the version 8 by now') : { body: {} }],
  ['GET', /^queue$/, (_, query) => {
    const items = queued.filter((job) => (query.get('group') ?? job.agents_group) === job.agents_group);
    return { body: { ...paged(items, query), groups: query.get('cursor') ? [] : groups } };
  }],
];
