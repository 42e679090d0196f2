// What a page is about, as far as it is known: a job knows its run, a run its flow, a flow its branch.
import { skipToken, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { agent, branch, flow, job, projects, run } from '../api/queries.ts';

/** A query that rests while there is nothing to ask for. */
function when<T extends { queryFn?: unknown }>(options: T, ready: boolean): T {
  return ready ? options : { ...options, queryFn: skipToken, refetchInterval: false };
}

export function usePlace() {
  const params = useParams({ strict: false });
  const ofJob = useQuery(when(job(params.job ?? ''), params.job !== undefined)).data;
  const runId = params.run ?? ofJob?.run;
  const ofRun = useQuery(when(run(runId ?? ''), runId !== undefined)).data;
  const flowId = params.flow ?? ofRun?.flow;
  const ofFlow = useQuery(when(flow(flowId ?? ''), flowId !== undefined)).data;
  const ofBranch = useQuery(when(branch(ofFlow?.branch ?? ''), ofFlow !== undefined)).data;
  const ofAgent = useQuery(when(agent(params.agent ?? ''), params.agent !== undefined)).data;
  const all = useQuery(projects()).data?.items ?? [];
  const project = params.project ?? all.find((item) => item.id === ofFlow?.project)?.name;
  return {
    all,
    project,
    branch: params.branch ?? ofBranch?.name,
    branchId: ofFlow?.branch,
    flow: flowId === undefined ? undefined : ofFlow,
    run: runId === undefined ? undefined : ofRun,
    job: params.job === undefined ? undefined : ofJob,
    agent: params.agent === undefined ? undefined : ofAgent,
    group: params.group,
  };
}
