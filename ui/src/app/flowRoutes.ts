// Addresses around flows: the form that starts one, one flow, two beside each other.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import * as queries from '../api/queries.ts';
import { early, oneOf, text, tidy, under } from './root.ts';

/** What the form of a new flow is filled in with, so that a form can be linked. */
export interface NewFlowSearch {
  kind?: 'dev';
  source?: string;
  args?: Record<string, string>;
}

export interface FlowSearch {
  tab?: 'changes' | 'artifacts' | 'reports' | 'arguments' | 'data';
  /** Of the artifacts or reports. */
  sort?: string;
}

export interface CompareSearch {
  only?: 'different';
  sort?: string;
}

function texts(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).flatMap(([name, item]) => (['string', 'number', 'boolean'].includes(typeof item) ? [[name, String(item)] as const] : []));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

const newFlow = createRoute({
  getParentRoute: under,
  path: '/p/$project/b/$branch/run',
  validateSearch: (search: Record<string, unknown>): NewFlowSearch => tidy({ kind: oneOf('dev')(search.kind), source: text(search.source), args: texts(search.args) }),
  component: lazyRouteComponent(() => import('../pages/branch/NewFlowPage.tsx'), 'NewFlowPage'),
});
const flow = createRoute({
  getParentRoute: under,
  path: '/flows/$flow',
  loader: ({ context: { client }, params }) => early(() => client.query(queries.flow(params.flow))),
  validateSearch: (search: Record<string, unknown>): FlowSearch => tidy({ tab: oneOf('changes', 'artifacts', 'reports', 'arguments', 'data')(search.tab), sort: text(search.sort) }),
  component: lazyRouteComponent(() => import('../pages/flow/FlowPage.tsx'), 'FlowPage'),
});
/** `pair`: two ids of flows, `older..newer`. */
const compare = createRoute({
  getParentRoute: under,
  path: '/compare/$pair',
  validateSearch: (search: Record<string, unknown>): CompareSearch => tidy({ only: oneOf('different')(search.only), sort: text(search.sort) }),
  component: lazyRouteComponent(() => import('../pages/compare/ComparePage.tsx'), 'ComparePage'),
});

export const flowRoutes = [newFlow, flow, compare] as const;
