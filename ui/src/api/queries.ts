// What pages read, as query options. The first two parts of a key are what `/api/changes` watches: ['flow', id, …].
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import * as api from './generated/sdk.gen.ts';
import { whole } from './pages.ts';

/** The most rows of lists that are read whole. */
export const BRANCHES_MAX = 200;
export const JOBS_MAX = 20_000;
const LIST_MAX = 2000;
const PAGE = 200;
const JOBS_PAGE = 1000;

/** How often what nothing tells of is read again while somebody looks, in ms. What `/api/changes` tells of is read when it changed. */
const LIST_EVERY = 15_000;
const SETUP_EVERY = 30_000;

/** Who is signed in. */
export const me = () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => answer(api.getMe({ signal })), staleTime: Infinity });

export const projects = () =>
  queryOptions({
    queryKey: ['projects'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getProjects({ query: { cursor, limit: PAGE }, signal })), LIST_MAX),
    refetchInterval: SETUP_EVERY,
  });

export const project = (name: string) =>
  queryOptions({
    queryKey: ['project', name],
    queryFn: ({ signal }) => answer(api.getProjectsByProject({ path: { project: name }, signal })),
  });

export const branches = (projectName: string) =>
  queryOptions({
    queryKey: ['branches', projectName],
    queryFn: ({ signal }) =>
      whole((cursor) => answer(api.getProjectsByProjectBranches({ path: { project: projectName }, query: { cursor, limit: PAGE }, signal })), BRANCHES_MAX),
    refetchInterval: SETUP_EVERY,
  });

export const branchNamed = (projectName: string, name: string) =>
  queryOptions({
    queryKey: ['branch-named', projectName, name],
    queryFn: ({ signal }) => answer(api.getProjectsByProjectBranchesByName({ path: { project: projectName, name }, signal })),
    staleTime: SETUP_EVERY,
  });

export const branch = (id: string) =>
  queryOptions({
    queryKey: ['branch', id],
    queryFn: ({ signal }) => answer(api.getBranchesByBranch({ path: { branch: id }, signal })),
    staleTime: SETUP_EVERY,
  });

export const stages = (branchId: string) =>
  queryOptions({
    queryKey: ['stages', branchId],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchStages({ path: { branch: branchId }, signal })),
    staleTime: SETUP_EVERY,
  });

export const stage = (id: string) =>
  queryOptions({
    queryKey: ['stage', id],
    queryFn: ({ signal }) => answer(api.getStagesByStage({ path: { stage: id }, signal })),
  });

export type Kind = 'ci' | 'dev';
export type JobFilter = 'failed' | 'running' | 'queued' | 'passed';

/** The newest flows of a branch, without their runs. */
export const lastFlows = (branchId: string, limit: number, kind?: Kind) =>
  queryOptions({
    queryKey: ['branch', branchId, 'flows', limit, kind ?? 'all'],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchFlows({ path: { branch: branchId }, query: { limit, kind }, signal })),
    placeholderData: keepPreviousData,
  });

/** The newest flows of a branch with their runs: what is usual. It need not be of this moment. */
export const lastRuns = (branchId: string, kind: Kind) =>
  queryOptions({
    queryKey: ['branch-runs', branchId, kind],
    queryFn: ({ signal }) => answer(api.getBranchesByBranchFlows({ path: { branch: branchId }, query: { limit: 20, kind, runs: true }, signal })),
    staleTime: 60_000,
  });

/** All flows of a branch with their runs, newest first, as far as somebody asked for them. */
export const pagedFlows = (branchId: string, limit: number, kind?: Kind) =>
  infiniteQueryOptions({
    queryKey: ['branch', branchId, 'flows-paged', limit, kind ?? 'all'],
    queryFn: ({ pageParam, signal }) => answer(api.getBranchesByBranchFlows({ path: { branch: branchId }, query: { limit, kind, runs: true, cursor: pageParam }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // A branch tells of its newest flows only.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? SETUP_EVERY : false),
    placeholderData: keepPreviousData,
  });

export const flow = (id: string) =>
  queryOptions({
    queryKey: ['flow', id],
    queryFn: ({ signal }) => answer(api.getFlowsByFlow({ path: { flow: id }, signal })),
    placeholderData: keepPreviousData,
  });

export const flowArtifacts = (id: string) =>
  queryOptions({
    queryKey: ['flow', id, 'artifacts'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getFlowsByFlowArtifacts({ path: { flow: id }, query: { cursor, limit: PAGE }, signal })), LIST_MAX),
  });

export const run = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => answer(api.getRunsByRun({ path: { run: id }, signal })),
    placeholderData: keepPreviousData,
  });

/** Which jobs the server is asked for, in its words. */
const JOBS_LIKE: Record<JobFilter, { state?: string; outcome?: string }> = {
  failed: { outcome: 'error' },
  running: { state: 'running,finished' },
  queued: { state: 'queued,assigned' },
  passed: { outcome: 'ok' },
};

/** Jobs of a run: all of them, or those of one kind where all are very many. */
export const runJobs = (id: string, atMost = JOBS_MAX, like?: JobFilter) =>
  queryOptions({
    queryKey: ['run', id, 'jobs', atMost, like ?? 'all'],
    queryFn: ({ signal }) =>
      whole((cursor) => answer(api.getRunsByRunJobs({ path: { run: id }, query: { cursor, limit: Math.min(JOBS_PAGE, atMost), ...(like && JOBS_LIKE[like]) }, signal })), atMost),
    placeholderData: keepPreviousData,
  });

export const runArtifacts = (id: string) =>
  queryOptions({
    queryKey: ['run', id, 'artifacts'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getRunsByRunArtifacts({ path: { run: id }, query: { cursor, limit: PAGE }, signal })), LIST_MAX),
  });

export const job = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => answer(api.getJobsByJob({ path: { job: id }, signal })),
    placeholderData: keepPreviousData,
  });

export const waiting = (jobId: string) =>
  queryOptions({
    queryKey: ['job', jobId, 'waiting'],
    queryFn: ({ signal }) => answer(api.getJobsByJobWaiting({ path: { job: jobId }, signal })),
    refetchInterval: LIST_EVERY,
  });

export const agents = () =>
  queryOptions({
    queryKey: ['agents'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getAgents({ query: { cursor, limit: PAGE }, signal })), LIST_MAX),
  });

export const agent = (id: string) =>
  queryOptions({
    queryKey: ['agent', id],
    queryFn: ({ signal }) => answer(api.getAgentsByAgent({ path: { agent: id }, signal })),
    refetchInterval: LIST_EVERY,
  });

const DAY_MS = 24 * 3_600_000;
/** An agent of very short jobs has more in a day than are worth reading. */
const AGENT_JOBS_MAX = 2000;

/** The newest jobs of an agent, back to a day before now: as many pages as that takes. `cut`: there were more in that day. */
export const agentJobs = (id: string) =>
  queryOptions({
    queryKey: ['agent', id, 'jobs'],
    queryFn: ({ signal }) => {
      const since = new Date(Date.now() - DAY_MS).toISOString();
      return whole(
        (cursor) => answer(api.getAgentsByAgentJobs({ path: { agent: id }, query: { limit: PAGE, cursor }, signal })),
        AGENT_JOBS_MAX,
        // The newest first: the one before began before this one.
        (job) => (job.completed_at ?? job.started_at ?? job.created_at) < since,
      );
    },
    refetchInterval: SETUP_EVERY,
  });

export const groups = () =>
  queryOptions({
    queryKey: ['groups'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getGroups({ query: { cursor, limit: PAGE }, signal })), LIST_MAX),
    refetchInterval: SETUP_EVERY,
  });

export const tokens = () =>
  queryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getTokens({ query: { cursor, limit: PAGE }, signal })), LIST_MAX),
  });

export const enrolmentTokens = () =>
  queryOptions({
    queryKey: ['enrolment-tokens'],
    queryFn: ({ signal }) => whole((cursor) => answer(api.getEnrolmentTokens({ query: { cursor, limit: PAGE }, signal })), LIST_MAX),
  });

/** Lines of all logs that have these words, the newest first. */
export const foundLogs = (q: string, level?: string) =>
  infiniteQueryOptions({
    queryKey: ['logs', q, level ?? 'all'],
    queryFn: ({ pageParam, signal }) => answer(api.getLogs({ query: { q, level, cursor: pageParam, limit: 100 }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** What an agent wrote lately itself, not what its jobs print. */
export const agentLog = (id: string) =>
  queryOptions({
    queryKey: ['agent', id, 'log'],
    queryFn: ({ signal }) => answer(api.getLogs({ query: { agent: id, service: 'agent', limit: 50 }, signal })),
    refetchInterval: SETUP_EVERY,
  });

export const version = () =>
  queryOptions({
    queryKey: ['version'],
    queryFn: ({ signal }) => answer(api.getVersion({ signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
