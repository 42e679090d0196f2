// What waits for agents, and how branches stand: lists over all projects, one call each.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { answer } from './call.ts';
import { getBranches, getQueue } from './generated/sdk.gen.ts';
import { whole } from './pages.ts';

const PAGE = 200;
/** Where nothing tells of changes, in ms. */
const EVERY = 15_000;

/** Jobs that wait for an agent, in the order in which they are served; the first page knows the groups. */
export const queue = (group?: string) =>
  infiniteQueryOptions({
    queryKey: ['queue', 'jobs', group ?? 'all'],
    queryFn: ({ pageParam, signal }) => answer(getQueue({ query: { limit: PAGE, group, cursor: pageParam }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // The queue tells who comes and goes; not why the others wait.
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.length ? EVERY : false),
    placeholderData: keepPreviousData,
  });

/** Branches looked over by home. */
export const OVERVIEW_MAX = 400;
/** Flows of each branch there. */
const LAST = 12;

/** Every branch in use of every project, with its last flows of a kind: what home, projects and Ctrl K look over. */
export const overview = (kind: 'ci' | 'dev' = 'ci') =>
  queryOptions({
    queryKey: ['every-branch', kind],
    queryFn: ({ signal }) => whole((cursor) => answer(getBranches({ query: { last: LAST, kind, cursor, limit: 100 }, signal })), OVERVIEW_MAX),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });
