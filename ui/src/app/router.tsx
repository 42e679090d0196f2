// Every address of the app. Each page comes as a chunk of its own; what it filters, sorts and selects is in its search.
import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { primeLog } from '../api/logs.ts';
import * as queries from '../api/queries.ts';
import { branchRoutes } from './branchRoutes.ts';
import { flowRoutes } from './flowRoutes.ts';
import { Broken, NotHere, Pending } from './Outcomes.tsx';
import { early, oneOf, root, text, tidy, under } from './root.ts';
import { setupRoutes } from './setupRoutes.ts';

export interface BranchSearch {
  /** Absent: CI. */
  kind?: 'ci' | 'dev';
  state?: 'open' | 'failed' | 'passed' | 'turned';
  q?: string;
}
export interface RunSearch {
  tab?: 'artifacts' | 'reports' | 'notices' | 'details';
  sort?: string;
  q?: string;
  state?: 'failed' | 'running' | 'queued' | 'passed';
}
export interface JobSearch {
  try?: number;
  q?: string;
  regex?: true;
}
export interface ListSearch {
  q?: string;
  sort?: string;
}
export interface QueueSearch extends ListSearch {
  group?: string;
}
export interface SearchSearch {
  q?: string;
  level?: 'error' | 'warn';
}
export interface AgentsSearch extends ListSearch {
  state?: 'discovered' | 'idle' | 'busy' | 'offline' | 'disabled';
}

const list = (search: Record<string, unknown>): ListSearch => tidy({ q: text(search.q), sort: text(search.sort) });

const home = createRoute({ getParentRoute: under, path: '/', component: lazyRouteComponent(() => import('../pages/home/HomePage.tsx'), 'HomePage') });
const project = createRoute({
  getParentRoute: under,
  path: '/p/$project',
  component: lazyRouteComponent(() => import('../pages/project/ProjectPage.tsx'), 'ProjectPage'),
});
const branch = createRoute({
  getParentRoute: under,
  path: '/p/$project/b/$branch',
  loader: ({ context: { client }, params }) => early(() => client.query(queries.branchNamed(params.project, params.branch))),
  validateSearch: (search: Record<string, unknown>): BranchSearch =>
    tidy({ kind: oneOf('ci', 'dev')(search.kind), state: oneOf('open', 'failed', 'passed', 'turned')(search.state), q: text(search.q) }),
  component: lazyRouteComponent(() => import('../pages/branch/BranchPage.tsx'), 'BranchPage'),
});
const run = createRoute({
  getParentRoute: under,
  path: '/runs/$run',
  loaderDeps: ({ search }) => ({ state: search.state }),
  loader: ({ context: { client }, params, deps }) => early(
      () => client.query(queries.run(params.run)),
      // Which jobs are read for a filter depends on how many there are.
      () => (deps.state ? Promise.resolve() : client.query(queries.runJobs(params.run))),
    ),
  validateSearch: (search: Record<string, unknown>): RunSearch =>
    tidy({
      tab: oneOf('artifacts', 'reports', 'notices', 'details')(search.tab),
      sort: text(search.sort),
      q: text(search.q),
      state: oneOf('failed', 'running', 'queued', 'passed')(search.state),
    }),
  component: lazyRouteComponent(() => import('../pages/run/RunPage.tsx'), 'RunPage'),
});
const job = createRoute({
  getParentRoute: under,
  path: '/jobs/$job',
  loader: ({ context: { client }, params, preload }) =>
    early(
      () => client.query(queries.job(params.job)),
      // Not when a link is only pointed at.
      () => (preload ? Promise.resolve() : primeLog(params.job)),
    ),
  validateSearch: (search: Record<string, unknown>): JobSearch => {
    const number = Number(search.try);
    return tidy({ try: Number.isInteger(number) && number > 0 ? number : undefined, q: text(search.q), regex: search.regex === true ? true : undefined });
  },
  component: lazyRouteComponent(() => import('../pages/job/JobPage.tsx'), 'JobPage'),
});
const queue = createRoute({
  getParentRoute: under,
  path: '/queue',
  validateSearch: (search: Record<string, unknown>): QueueSearch => tidy({ ...list(search), group: text(search.group) }),
  component: lazyRouteComponent(() => import('../pages/queue/QueuePage.tsx'), 'QueuePage'),
});
const search = createRoute({
  getParentRoute: under,
  path: '/search',
  validateSearch: (asked: Record<string, unknown>): SearchSearch => tidy({ q: text(asked.q), level: oneOf('error', 'warn')(asked.level) }),
  component: lazyRouteComponent(() => import('../pages/search/SearchPage.tsx'), 'SearchPage'),
});
const agents = createRoute({
  getParentRoute: under,
  path: '/agents',
  validateSearch: (search: Record<string, unknown>): AgentsSearch =>
    tidy({ ...list(search), state: oneOf('discovered', 'idle', 'busy', 'offline', 'disabled')(search.state) }),
  component: lazyRouteComponent(() => import('../pages/agents/AgentsPage.tsx'), 'AgentsPage'),
});
const agent = createRoute({
  getParentRoute: under,
  path: '/agents/$agent',
  component: lazyRouteComponent(() => import('../pages/agents/AgentPage.tsx'), 'AgentPage'),
});
const groups = createRoute({
  getParentRoute: under,
  path: '/groups',
  component: lazyRouteComponent(() => import('../pages/groups/GroupsPage.tsx'), 'GroupsPage'),
});
const group = createRoute({
  getParentRoute: under,
  path: '/groups/$group',
  component: lazyRouteComponent(() => import('../pages/groups/GroupPage.tsx'), 'GroupPage'),
});
const design = createRoute({
  getParentRoute: under,
  path: '/design',
  component: lazyRouteComponent(() => import('../pages/design/DesignPage.tsx'), 'DesignPage'),
});

const routeTree = root.addChildren([home, project, branch, ...branchRoutes, ...flowRoutes, run, job, queue, search, agents, agent, groups, group, ...setupRoutes, design]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultPendingComponent: Pending,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotHere,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
