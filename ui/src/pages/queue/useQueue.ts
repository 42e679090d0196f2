// What waits, gathered from the flows that go on: the API has no list of waiting jobs yet.
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';

import type { JobView, RunView } from '../../api/generated/types.gen.ts';
import { everyBranch, lastFlows, runJobs } from '../../api/queries.ts';
import { useLive } from '../../live/useLive.ts';
import { isFlowOver } from '../../words/states.ts';
import { useFlows } from '../shared/useFlows.ts';

/** Flows looked at per branch, branches and runs: bounds of what this page costs. */
const FLOWS = 12;
const BRANCHES = 60;
const RUNS = 10;
const EVERY_MS = 5000;

export interface Waiting {
  job: JobView;
  run: RunView;
  place: string;
}

export function useQueue(): { jobs: Waiting[]; total: number; loaded: boolean; cut: boolean; error: unknown } {
  const client = useQueryClient();
  const branches = useQuery(everyBranch(client));
  const looked = branches.data?.items.slice(0, BRANCHES) ?? [];
  const lists = useQueries({ queries: looked.map(({ branch }) => ({ ...lastFlows(branch.id, FLOWS), refetchInterval: EVERY_MS })) });
  const places = new Map(looked.map(({ project, branch }) => [branch.id, `${project.name} / ${branch.name}`]));
  const open = lists.flatMap((list) => list.data?.items.filter((flow) => !isFlowOver(flow)) ?? []);
  const flows = useFlows(open);
  const runs = flows.flatMap((flow) => (flow.runs ?? []).filter((run) => run.jobs.waiting > 0 && run.completed_at == null).map((run) => ({ run, place: places.get(flow.branch) ?? '' })));
  const read = runs.slice(0, RUNS);
  // Jobs that wait may stand anywhere in a run: it is read whole, again whenever it changed.
  useLive(read.map(({ run }) => `run:${run.id}` as const));
  const jobLists = useQueries({ queries: read.map(({ run }) => runJobs(run.id)) });
  const jobs = jobLists.flatMap((list, index) => {
    const of = runs[index];
    return of ? (list.data?.items.filter((job) => job.state === 'queued').map((job) => ({ job, ...of })) ?? []) : [];
  });
  const total = runs.reduce((sum, { run }) => sum + run.jobs.waiting, 0);
  jobs.sort((one, other) => (one.job.created_at < other.job.created_at ? -1 : 1));
  return {
    jobs,
    total: Math.max(total, jobs.length),
    loaded: branches.isSuccess && lists.every((list) => !list.isPending) && jobLists.every((list) => !list.isPending),
    cut: (branches.data?.items.length ?? 0) > BRANCHES || runs.length > RUNS,
    error: branches.error,
  };
}
