// Two flows beside each other: stage by stage, and job by job where they are few. Pure.
import type { FlowView, JobView, RunView } from '../../api/generated/types.gen.ts';
import { type Mark, verdictOf } from '../../words/marks.ts';
import { jobState, runState, type State } from '../../words/states.ts';
import { between } from '../../words/time.ts';

/** A stage or a job as it is in one of the two. */
export interface Side {
  id: string;
  state: State;
  /** How long it ran, in ms; `NaN` while it does or when it never did. */
  ms: number;
}

export interface Row {
  key: string;
  stage: string;
  /** Absent: the row is about the whole stage. */
  job: string | undefined;
  older: Side | undefined;
  newer: Side | undefined;
  /** How much longer the newer one took, in ms; `NaN` where one of them did not run to its end. */
  longer: number;
  mark: Mark | undefined;
}

export type JobsOf = (run: RunView) => readonly JobView[] | undefined;

const took = (of: { started_at?: string | null; completed_at?: string | null }) => between(of.started_at, of.completed_at);
const runSide = (run: RunView | undefined): Side | undefined => run && { id: run.id, state: runState(run), ms: took(run) };
const jobSide = (job: JobView | undefined): Side | undefined => job && { id: job.id, state: jobState(job), ms: took(job) };

function row(stage: string, job: string | undefined, older: Side | undefined, newer: Side | undefined): Row {
  const [then, now] = [older, newer].map((side) => side && verdictOf(side.state.look));
  const turned = then !== undefined && now !== undefined && then !== now;
  return {
    key: `${stage}\n${job ?? ''}`,
    stage,
    job,
    older,
    newer,
    longer: (newer?.ms ?? Number.NaN) - (older?.ms ?? Number.NaN),
    mark: turned ? (now === 'failed' ? 'broke' : 'mended') : undefined,
  };
}

/** The newest run of each stage. */
const stagesOf = (flow: FlowView) => new Map((flow.runs ?? []).map((run) => [run.stage_name, run]));

/** What tells the jobs of a run apart, also in the next flow. Repeated ones do not count. */
function jobsByName(jobs: readonly JobView[] | undefined): Map<string, JobView> {
  const counted = jobs?.filter((job) => job.covered_by == null) ?? [];
  return new Map(counted.map((job) => [[job.name, job.system, job.config === 'default' ? '' : job.config].filter(Boolean).join(' · '), job]));
}

export function rowsOf(older: FlowView, newer: FlowView, jobs: JobsOf): Row[] {
  const [before, after] = [stagesOf(older), stagesOf(newer)];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((stage) => {
    const [then, now] = [before.get(stage), after.get(stage)];
    const [thenJobs, nowJobs] = [then, now].map((run) => jobsByName(run && jobs(run)));
    const names = [...new Set([...(nowJobs?.keys() ?? []), ...(thenJobs?.keys() ?? [])])];
    return [row(stage, undefined, runSide(then), runSide(now)), ...names.map((name) => row(stage, name, jobSide(thenJobs?.get(name)), jobSide(nowJobs?.get(name))))];
  });
}

/** Rows that are not as they were: another outcome, only on one side, or much slower or quicker. */
export function isDifferent({ older, newer, longer }: Row): boolean {
  if (!older || !newer) return true;
  if (older.state.look !== newer.state.look || older.state.word !== newer.state.word) return true;
  return Math.abs(longer) > Math.max(5000, 0.2 * older.ms);
}

/** `older..newer`. */
export function parsePair(pair: string): [string, string] | undefined {
  const [older = '', newer = '', ...more] = pair.split('..');
  return older !== '' && newer !== '' && more.length === 0 ? [older, newer] : undefined;
}
