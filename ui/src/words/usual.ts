// How long things usually take: the middle of what the last ones took that went well. Pure.
import type { FlowView, RunView } from '../api/generated/types.gen.ts';
import { between } from './time.ts';

/** Fewer tell nothing. */
const NEEDED = 3;
/** Older ones were of other code. */
const LOOKED_AT = 10;

/** The middle one, the larger where there are two. */
export function middle(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

type Timed = Pick<FlowView, 'sequence' | 'kind' | 'branch_name' | 'state' | 'cancelled' | 'result' | 'created_at' | 'completed_at'>;

/** Milliseconds that the flows before one took, those of its kind and repository branch that passed. `flows`: newest first. */
export function usualFlowMs(flow: Timed, flows: readonly Timed[]): number | undefined {
  const like = flows.filter((other) => other.sequence < flow.sequence && other.kind === flow.kind && other.branch_name === flow.branch_name && !other.cancelled && other.result === 'ok');
  const took = like.slice(0, LOOKED_AT).map((other) => between(other.created_at, other.completed_at));
  return took.length < NEEDED ? undefined : middle(took.filter((ms) => !Number.isNaN(ms)));
}

type TimedRun = Pick<RunView, 'flow' | 'stage' | 'result' | 'started_at' | 'completed_at'>;

/** Milliseconds that the runs of a stage took in other flows, where they passed. `flows`: newest first, with their runs. */
export function usualRunMs(run: Pick<TimedRun, 'flow' | 'stage'>, flows: readonly { runs?: readonly TimedRun[] | null }[]): number | undefined {
  const like = flows.flatMap(({ runs }) => runs?.filter((other) => other.stage === run.stage && other.flow !== run.flow && other.result === 'ok') ?? []);
  const took = like.map((other) => between(other.started_at, other.completed_at)).filter((ms) => !Number.isNaN(ms));
  return took.length < NEEDED ? undefined : middle(took.slice(0, LOOKED_AT));
}

/** Milliseconds that jobs waited for agents, added up; those that wait still, until now. Repeated jobs count no more. */
export function queuedMs(jobs: readonly { created_at: string; started_at?: string | null; completed_at?: string | null; covered_by?: string | null }[], now: number): number {
  return jobs.filter((job) => job.covered_by == null).reduce((sum, job) => sum + Math.max(0, between(job.created_at, job.started_at ?? job.completed_at ?? now)), 0);
}
