// Addresses of what is set for a branch: one frame, one tab each.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { oneOf, text, tidy, under } from './root.ts';

export interface StagesSearch {
  /** An id, or `new`. */
  stage?: string;
  /** A new one's code is in a repository. */
  from?: 'repo';
}

const frame = createRoute({
  getParentRoute: under,
  path: '/p/$project/b/$branch/settings',
  component: lazyRouteComponent(() => import('../pages/branch-settings/BranchSettings.tsx'), 'BranchSettings'),
});
const within = () => frame;
const first = createRoute({
  getParentRoute: within,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/p/$project/b/$branch/settings/stages', params, replace: true }); // eslint-disable-line @typescript-eslint/only-throw-error -- how this router leads elsewhere
  },
});
const stages = createRoute({
  getParentRoute: within,
  path: 'stages',
  validateSearch: (search: Record<string, unknown>): StagesSearch => tidy({ stage: text(search.stage), from: oneOf('repo')(search.from) }),
  component: lazyRouteComponent(() => import('../pages/stages/StagesPage.tsx'), 'StagesPage'),
});
const triggers = createRoute({ getParentRoute: within, path: 'triggers', component: lazyRouteComponent(() => import('../pages/branch-settings/Triggers.tsx'), 'Triggers') });
const secrets = createRoute({ getParentRoute: within, path: 'secrets', component: lazyRouteComponent(() => import('../pages/branch-settings/Secrets.tsx'), 'Secrets') });
const env = createRoute({ getParentRoute: within, path: 'env', component: lazyRouteComponent(() => import('../pages/branch-settings/Env.tsx'), 'Env') });
const sequences = createRoute({ getParentRoute: within, path: 'sequences', component: lazyRouteComponent(() => import('../pages/branch-settings/Sequences.tsx'), 'Sequences') });
const retention = createRoute({ getParentRoute: within, path: 'retention', component: lazyRouteComponent(() => import('../pages/branch-settings/Retention.tsx'), 'Retention') });
const badges = createRoute({ getParentRoute: within, path: 'badges', component: lazyRouteComponent(() => import('../pages/branch-settings/Badges.tsx'), 'Badges') });
const access = createRoute({ getParentRoute: within, path: 'access', component: lazyRouteComponent(() => import('../pages/branch-settings/Access.tsx'), 'Access') });
const branch = createRoute({ getParentRoute: within, path: 'branch', component: lazyRouteComponent(() => import('../pages/branch-settings/Branch.tsx'), 'Branch') });

export const branchRoutes = [frame.addChildren([first, stages, triggers, secrets, env, sequences, retention, badges, access, branch])] as const;
