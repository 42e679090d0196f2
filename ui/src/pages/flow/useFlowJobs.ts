// The jobs of a flow, read run by run: what the timeline draws, and how long they waited.
import { useQueries } from '@tanstack/react-query';

import type { FlowView, JobView, RunView } from '../../api/generated/types.gen.ts';
import { runJobs } from '../../api/queries.ts';
import { isRunOver } from '../../words/states.ts';

/** Up to so many jobs are read one by one; of larger flows, only the runs. */
const JOBS_MAX = 120;

/** Each run that was let go, with its jobs as far as they are read; `undefined` for a flow of very many. */
export function useFlowJobs(flow: FlowView): { run: RunView; jobs: JobView[] | undefined }[] | undefined {
  const runs = flow.runs?.filter((run) => run.state !== 'manual') ?? [];
  const few = runs.reduce((sum, run) => sum + run.jobs.total, 0) <= JOBS_MAX;
  const asked = few ? runs : [];
  const lists = useQueries({ queries: asked.map((run) => ({ ...runJobs(run.id, JOBS_MAX), staleTime: isRunOver(run) ? 60_000 : 2000 })) });
  return few ? asked.map((run, index) => ({ run, jobs: lists[index]?.data?.items })) : undefined;
}
