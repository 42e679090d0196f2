// A busy installation, made up: what the pages are tested on. Typed by the client, so that it can't drift from the API.
import type { AgentView, ArtifactView, BranchView, FlowView, FoundLogs, GroupView, JobView, ProjectView, RunView, StageChecked, StageView, TokenView } from '../src/api/generated/types.gen.ts';

/** When it all happens, to the tests and to the pages' clocks. */
export const NOW = Date.parse('2026-11-22T21:00:00Z');
export const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString();

/** Ids of 26 characters, told apart by their end. */
const id = (kind: string, number: number): string => `01m82${kind}`.padEnd(26 - String(number).length, '0') + String(number);

export const AWKWARD = {
  html: '<img src=x onerror=alert(1)> & <b>bold</b>',
  rtl: 'שלום עולם بالعالم',
  emoji: '🦑 release 🚀',
  long: 'a-name-of-two-hundred-characters-'.repeat(6) + 'ab',
};

const STAGES: [name: string, ...parents: string[]][] = [
  ['tarball'],
  ['static analysis', 'tarball'],
  ['build', 'tarball'],
  ['unit tests', 'build'],
  ['system tests', 'build'],
  ['publish', 'build'],
  ['deploy to lab', 'unit tests', 'system tests'],
];

export const projects: ProjectView[] = ['kraken', 'warehouse', AWKWARD.html, AWKWARD.rtl, AWKWARD.long].map((name, index) => ({
  id: id('prj', index),
  name,
  description: index === 0 ? 'continuous integration without servers to run' : AWKWARD.html,
  created_at: at(9_000_000 - index),
}));

const branchOf = (project: number, number: number, name: string): BranchView => ({
  id: id('brn', project * 10 + number),
  project: id('prj', project),
  name,
  branch_name: name,
  created_at: at(8_000_000),
  env_vars: {},
});

export const branches: BranchView[] = [
  branchOf(0, 0, 'main'),
  branchOf(0, 1, 'release/1.4'),
  branchOf(0, 2, AWKWARD.emoji),
  branchOf(1, 0, 'main'),
  branchOf(1, 1, 'empty'),
  { ...branchOf(2, 0, AWKWARD.long), archived_at: at(90_000) },
];
export const MAIN = branches[0]?.id ?? '';

export const stages: StageView[] = STAGES.map(([name, ...parents], index) => ({
  id: id('stg', index),
  branch: MAIN,
  name,
  description: '',
  enabled: true,
  parents,
  code_sha256: 'a'.repeat(64),
  created_at: at(7_000_000),
  updated_at: at(700_000),
  triggers: index === 0 ? [{ kind: 'cron', cron: '0 0 * * mon-fri', time_zone: 'Europe/Warsaw', next_due: at(-7200), last_due: at(80_000), last_flow: id('flw', 199), last_skipped: false }, { kind: 'date', next_due: null, last_due: at(90_000), last_flow: null, last_skipped: true }] : [],
}));

export const CODE = `# ${AWKWARD.html}
TESTS = ["unit", "system"]

def stage(ctx):
    jobs = [{"name": t, "steps": [{"tool": "shell", "cmd": "make %s" % t}], "environments": [{"system": "any", "agents_group": "lab"}]} for t in TESTS]
    return {"parent": "root", "timeout": 10800, "jobs": jobs if ctx.is_ci else []}
`;
export const checked: StageChecked = {
  ok: false,
  jobs: [],
  problems: [
    { path: '/jobs/0/environments/0/agents_group', line: 5, message: 'there is no agents group "lab": known are all, hw-rig' },
    { path: '/parent', line: null, message: `"${AWKWARD.long}" is no stage of this branch` },
  ],
};

type Ending = 'passed' | 'failed' | 'running' | 'cancelled';

const counts = (total: number, parts: Partial<RunView['jobs']> = {}): RunView['jobs'] => ({ total, waiting: 0, executing: 0, completed: total, error: 0, ...parts });

function runOf(flow: string, number: number, stage: number, startedAgo: number, took: number, part: Partial<RunView> = {}): RunView {
  return {
    id: `${flow}-${number}`,
    flow,
    stage: id('stg', stage),
    stage_name: STAGES[stage]?.[0] ?? '',
    label: `${number}.`,
    state: 'processed',
    result: 'ok',
    reason: stage === 0 ? 'flow' : 'parents',
    note: null,
    created_at: at(startedAgo + 2),
    started_at: at(startedAgo + 1),
    completed_at: at(startedAgo - took),
    args: { level: 'debug', target: AWKWARD.html },
    jobs: counts(2),
    ...part,
  };
}

/** Runs of a flow that began so long ago, by how it ended. */
function runsOf(flow: string, startedAgo: number, ending: Ending): RunView[] {
  const runs = [
    runOf(flow, 1, 0, startedAgo, 34, { jobs: counts(1) }),
    runOf(flow, 2, 1, startedAgo - 40, 256),
    runOf(flow, 3, 2, startedAgo - 40, 471),
    runOf(flow, 4, 3, startedAgo - 520, 505, ending === 'failed' || ending === 'running' ? { result: 'error', jobs: counts(4, { error: 1 }) } : {}),
  ];
  const open = { state: 'in_progress' as const, result: null, completed_at: null };
  if (ending === 'running') {
    runs.push(runOf(flow, 5, 4, startedAgo - 520, 0, { ...open, jobs: counts(4, { waiting: 2, executing: 1, completed: 1 }) }));
    runs.push(runOf(flow, 6, 5, startedAgo - 520, 0, { ...open, state: 'manual', started_at: null, jobs: counts(0) }));
  } else if (ending === 'cancelled') {
    runs.push(runOf(flow, 5, 4, startedAgo - 520, 60, { result: 'cancelled', note: AWKWARD.html }));
  } else {
    runs.push(runOf(flow, 5, 4, startedAgo - 520, 660), runOf(flow, 6, 5, startedAgo - 520, 255, { jobs: counts(1) }));
  }
  return runs;
}

function flowOf(number: number, branch: BranchView, startedAgo: number, ending: Ending): FlowView {
  const flow = id('flw', number);
  return {
    id: flow,
    project: branch.project,
    branch: branch.id,
    kind: number % 5 === 0 ? 'dev' : 'ci',
    label: number === 190 ? AWKWARD.html : `${number}.`,
    sequence: number,
    own_sequence: Math.ceil((number * 4) / 5),
    branch_name: number % 5 === 0 ? 'fix/flaky-agent' : branch.branch_name,
    state: ending === 'running' ? 'in_progress' : 'completed',
    cancelled: ending === 'cancelled',
    created_at: at(startedAgo + 3),
    completed_at: ending === 'running' ? null : at(startedAgo - 1180),
    reason: number % 3 === 0 ? 'cron' : 'person',
    trigger_stage: number % 3 === 0 ? id('stg', 0) : null,
    args: number % 2 === 0 ? { level: 'debug', note: AWKWARD.html, matrix: [1, 2] } : {},
    runs: runsOf(flow, startedAgo, ending),
  };
}

const ENDINGS: Ending[] = ['passed', 'passed', 'failed', 'passed', 'passed', 'cancelled', 'passed', 'failed'];

/** 200 flows of the main branch, the newest running; a few of others. Newest first. */
export const flows: FlowView[] = Array.from({ length: 200 }, (_, index) =>
  flowOf(200 - index, branches[0]!, 1165 + index * 3600, index === 0 ? 'running' : (ENDINGS[index % ENDINGS.length] ?? 'passed')),
);
export const FLOW = flows[0]?.id ?? '';
flows.push(...[1, 2, 3, 5].flatMap((branch) => Array.from({ length: 6 }, (_, index) => flowOf(branch * 1000 - index, branches[branch]!, 9000 + index * 90_000, ENDINGS[(index + branch) % ENDINGS.length] ?? 'passed'))));

/** A flow whose logs and artifacts retention removed. */
export const STRIPPED = flows[180]?.id ?? '';
if (flows[180]) Object.assign(flows[180], { without_artifacts_since: at(300_000), without_logs_since: at(90_000) });

/** A flow whose data come without a version, as behind a proxy that takes it away. */
export const VERSIONLESS = flows[2]?.id ?? '';

/** A run of 10,000 jobs, in a flow that goes on. */
export const LARGE_RUN = `${flows[1]?.id ?? ''}-7`;
export const LARGE = 10_000;
if (flows[1]) Object.assign(flows[1], { state: 'in_progress', completed_at: null });
flows[1]?.runs?.push(
  runOf(flows[1].id, 7, 4, 4000, 900, { id: LARGE_RUN, stage_name: 'system tests', state: 'in_progress', result: null, completed_at: null, note: AWKWARD.html, jobs: counts(LARGE, { waiting: 500, executing: 30, completed: 9470, error: 37 }) }),
);

export const agents: AgentView[] = Array.from({ length: 30 }, (_, index) => ({
  id: id('agt', index),
  name: index === 7 ? AWKWARD.long : index === 8 ? AWKWARD.html : `rig-${String(index).padStart(2, '0')}`,
  state: index === 0 ? 'discovered' : index % 9 === 4 ? 'offline' : index % 11 === 5 ? 'disabled' : index % 3 === 0 ? 'idle' : 'busy',
  groups: index % 4 === 0 ? ['hw-rig', 'arm64'] : [],
  host: `host-${index}.lab.example`,
  system: index % 2 === 0 ? 'ubuntu-22.04' : 'debian-12',
  architecture: index % 4 === 0 ? 'aarch64' : 'x86_64',
  cpus: 2 ** (1 + (index % 5)),
  memory_bytes: 2 ** (33 + (index % 4)),
  disk_free_bytes: 66_722_287_616,
  executors: { local: '0.1.0', docker: '27.3.1' },
  version: '0.1.0',
  labels: { rack: `r${index % 3}`, owner: AWKWARD.html },
  job: index % 3 !== 0 ? `${FLOW}-5-1` : null,
  created_at: at(800_000),
  last_seen_at: at(index % 9 === 4 ? 90_000 : index),
}));

export const groups: GroupView[] = ['arm64', 'hw-rig', 'lxd'].map((name) => ({ name, description: name === 'lxd' ? AWKWARD.html : '', project: null, created_at: at(900_000) }));
export const tokens: TokenView[] = [
  { id: id('tok', 0), name: 'administrator', grants: [{ role: 'admin', project: null }], created_at: at(900_000), expires_at: null },
  { id: id('tok', 1), name: AWKWARD.html, grants: [{ role: 'viewer', project: id('prj', 0) }], created_at: at(90_000), expires_at: new Date(NOW + 9e8).toISOString() },
];

const OUTCOMES = ['ok', 'step_error', 'job_timeout', 'agent_lost', 'cancelled'] as const;

export function jobsOf(run: RunView): JobView[] {
  const { total, executing, completed, error } = run.jobs;
  const created = Date.parse(run.created_at);
  return Array.from({ length: total }, (_, index): JobView => {
    // Errors first, then passed ones, running ones, and those that wait.
    const state = index < completed ? 'completed' : index < completed + executing ? 'running' : 'queued';
    const failed = index < error;
    const started = created + 1000 + (index % 50) * 900;
    const over = Math.min(started + 20_000 + ((index * 7919) % 400) * 1000, NOW - 1000);
    return {
      id: `${run.id}-${index + 1}`,
      run: run.id,
      flow: run.flow,
      name: index === 3 ? AWKWARD.html : index === 4 ? AWKWARD.long : `case ${index}`,
      system: index % 2 === 0 ? 'ubuntu-22.04' : 'debian-12',
      executor: index % 3 === 0 ? 'docker' : 'local',
      agents_group: state === 'queued' ? 'hw-rig' : 'all',
      config: 'default',
      state,
      outcome: state === 'completed' ? (failed ? (OUTCOMES[1 + (index % 4)] ?? 'step_error') : 'ok') : null,
      message: failed && state === 'completed' ? `step 2 (pytest) failed: exit code 1 ${AWKWARD.html}` : null,
      stopping: false,
      agent: state === 'queued' ? null : id('agt', 1 + (index % 29)),
      created_at: run.created_at,
      started_at: state === 'queued' ? null : new Date(started).toISOString(),
      completed_at: state === 'completed' ? new Date(over).toISOString() : null,
      timeout_s: 300,
      timeout_reason: 'as the stage says',
      usual_s: 184,
      assignments: index === 0 ? 2 : 1,
      covered_by: index === 5 ? `${run.id}-1` : null,
      rerun_of: null,
    };
  });
}

const step = (name: string, tool: string, status: string, from?: number, to?: number, part: object = {}) => ({
  name,
  tool,
  status,
  attempts: 1,
  ...(from === undefined ? {} : { started_at: at(from) }),
  ...(to === undefined ? {} : { finished_at: at(to) }),
  ...part,
});

export const stepsOf = (job: JobView): object[] => job.state === 'queued' ? ['git', 'shell', 'pytest', 'artifacts'].map((tool) => step(tool, tool, 'not_started', undefined, undefined, { attempts: 0 })) : [
  step('check out', 'git', 'done', 700, 690),
  step(AWKWARD.html, 'shell', 'done', 690, 600, { attempts: 3 }),
  job.outcome === 'step_error' ? step('pytest', 'pytest', 'error', 600, 300, { retcode: 1, message: 'exit code 1' }) : step('pytest', 'pytest', job.state === 'running' ? 'in_progress' : 'done', 600, job.state === 'running' ? undefined : 300),
  step('store reports', 'artifacts', job.state === 'running' ? 'not_started' : 'skipped'),
];

export const artifacts: ArtifactView[] = Array.from({ length: 12 }, (_, index) => ({
  path: index === 2 ? `reports/${AWKWARD.long}.xml` : `reports/part-${index}/report.xml`,
  job: `${FLOW}-4-1`,
  size: 2 ** (index * 2 + 4),
  sha256: 'b'.repeat(64),
  mode: 0o644,
  public: index % 4 === 0,
  report_entry: index === 2 || index === 5,
}));

/** What a search over all logs finds. */
export const foundIn = (q: string): FoundLogs => ({
  behind: 3,
  next: 'more',
  items: Array.from({ length: 40 }, (_, index) => ({
    time: at(index * 61),
    level: index % 5 === 0 ? 'error' : index % 7 === 0 ? 'warn' : 'info',
    service: index % 3 === 0 ? 'job' : index % 3 === 1 ? 'agent' : 'scheduler',
    job: index % 3 === 0 ? `${FLOW}-4-1` : null,
    agent: index % 3 === 1 ? id('agt', 1) : null,
    text: `${q} ${index} ${AWKWARD.html} ${index % 6 === 0 ? AWKWARD.long : AWKWARD.rtl}`,
  })),
});
