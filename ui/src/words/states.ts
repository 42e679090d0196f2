// What the states of the API mean to people: one look (shape and colour) and one word each.
//
// Looks are few, so that they can be told apart at a glance; the word says which of several reasons it is.
import type { AgentView, FlowView, JobView, RunView } from '../api/generated/types.gen.ts';

export type Look = 'passed' | 'failed' | 'tests' | 'running' | 'queued' | 'manual' | 'cancelled' | 'idle';

export interface State {
  look: Look;
  word: string;
}

const state = (look: Look, word: string): State => ({ look, word });

const JOB_OUTCOMES: Record<string, State> = {
  ok: state('passed', 'Passed'),
  step_error: state('failed', 'Failed'),
  job_timeout: state('failed', 'Timed out'),
  step_timeout: state('failed', 'Step timed out'),
  executor_error: state('failed', 'Executor failed'),
  tool_missing: state('failed', 'Tool missing'),
  agents_group_missing: state('failed', 'Group missing'),
  agent_lost: state('failed', 'Agent lost'),
  schema_error: state('failed', 'Stage is wrong'),
  cancelled: state('cancelled', 'Cancelled'),
};

/** A word for what this version of the UI has never heard of. */
function spoken(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function jobState(job: Pick<JobView, 'state' | 'outcome' | 'stopping'> & { held?: boolean }): State {
  if (job.state === 'completed') {
    const outcome = job.outcome ?? 'ok';
    return JOB_OUTCOMES[outcome] ?? state('failed', spoken(outcome));
  }
  if (job.stopping) return state('cancelled', 'Stopping');
  if (job.held) return state('queued', 'Waits for jobs');
  switch (job.state) {
    case 'queued':
      return state('queued', 'Queued');
    case 'assigned':
      return state('queued', 'Assigned');
    case 'running':
      return state('running', 'Running');
    case 'finished':
      return state('running', 'Finishing');
    default:
      return state('idle', spoken(job.state));
  }
}

const isOver = (run: Pick<RunView, 'state'>) => run.state === 'completed' || run.state === 'processed';

/** The run of its group that a run waits behind; the API says it in its note. */
export function waitsBehind(run: Pick<RunView, 'state' | 'note'>): string | undefined {
  return run.state === 'creating' ? /^waits for its turn behind run (\S+) /.exec(run.note ?? '')?.[1] : undefined;
}

export function runState(run: Pick<RunView, 'state' | 'result' | 'jobs' | 'note'>): State {
  if (isOver(run)) {
    if (run.result === 'error') return state('failed', 'Failed');
    if (run.result === 'cancelled') return state('cancelled', 'Cancelled');
    return state('passed', 'Passed');
  }
  if (run.state === 'manual') return state('manual', 'Waits for you');
  if (waitsBehind(run) !== undefined) return state('queued', 'Waits its turn');
  if (run.state === 'creating') return state('queued', 'Creating');
  if (run.jobs.error > 0) return state('failed', 'Failing');
  if (run.jobs.executing > 0) return state('running', 'Running');
  if (run.jobs.waiting > 0) return state('queued', 'Queued');
  return state('running', 'Running');
}

/** A flow in a list may come without its runs; then its result tells how it went, which early servers did not keep. */
export function flowState(flow: Pick<FlowView, 'state' | 'cancelled' | 'runs'> & { result?: string | null }): State {
  const runs = (flow.runs ?? []).filter((run) => !run.covered_by);
  const failed = runs.some((run) => run.result === 'error' || run.jobs.error > 0);
  if (flow.state === 'completed') {
    if (flow.cancelled) return state('cancelled', 'Cancelled');
    if (failed || flow.result === 'error') return state('failed', 'Failed');
    if (!flow.runs) return flow.result === 'ok' ? state('passed', 'Passed') : flow.result === 'cancelled' ? state('cancelled', 'Cancelled') : state('idle', 'Finished');
    return runs.some((run) => run.result === 'cancelled') ? state('cancelled', 'Cancelled') : state('passed', 'Passed');
  }
  if (flow.cancelled) return state('cancelled', 'Stopping');
  if (failed) return state('failed', 'Failing');
  const open = runs.filter((run) => !isOver(run));
  if (open.some((run) => run.jobs.executing > 0)) return state('running', 'Running');
  if (open.some((run) => run.jobs.waiting > 0 || run.state === 'creating')) return state('queued', 'Queued');
  if (open.length > 0 && open.every((run) => run.state === 'manual')) return state('manual', 'Waits for you');
  return state('running', 'Running');
}

export function stepState(status: string): State {
  switch (status) {
    case 'done':
      return state('passed', 'Done');
    case 'error':
      return state('failed', 'Failed');
    case 'in_progress':
      return state('running', 'Running');
    case 'skipped':
      return state('cancelled', 'Skipped');
    case 'not_started':
      return state('idle', 'Not started');
    default:
      return state('idle', spoken(status));
  }
}

const AGENT_STATES: Record<string, State> = {
  discovered: state('manual', 'Discovered'),
  idle: state('passed', 'Idle'),
  busy: state('running', 'Busy'),
  offline: state('failed', 'Offline'),
  disabled: state('cancelled', 'Disabled'),
  deleted: state('cancelled', 'Deleted'),
};

export function agentState(agent: Pick<AgentView, 'job'> & { state: string }): State {
  if (agent.state === 'disabled' && agent.job != null) return state('cancelled', 'Draining');
  return AGENT_STATES[agent.state] ?? state('idle', spoken(agent.state));
}

export const isRunOver = isOver;
export const isJobOver = (job: Pick<JobView, 'state'>) => job.state === 'completed';
export const isFlowOver = (flow: Pick<FlowView, 'state'>) => flow.state === 'completed';
