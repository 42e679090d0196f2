// Addresses of what is set up: projects, the system, and one's own account.
import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { type AuditSearch, day } from '../pages/admin/audit.ts';
import { oneOf, text, tidy, under } from './root.ts';

const project = createRoute({
  getParentRoute: under,
  path: '/p/$project/settings',
  component: lazyRouteComponent(() => import('../pages/project-settings/ProjectSettings.tsx'), 'ProjectSettings'),
});
const inProject = () => project;
const projectFirst = createRoute({
  getParentRoute: inProject,
  path: '/',
  beforeLoad: ({ params }) => {
    redirect({ to: '/p/$project/settings/general', params, replace: true, throw: true });
  },
});
const general = createRoute({ getParentRoute: inProject, path: 'general', component: lazyRouteComponent(() => import('../pages/project-settings/General.tsx'), 'General') });
const secrets = createRoute({ getParentRoute: inProject, path: 'secrets', component: lazyRouteComponent(() => import('../pages/project-settings/Secrets.tsx'), 'Secrets') });
export interface WebhooksSearch {
  /** The kind of git host whose webhook is shown. */
  host?: string;
  /** Which deliveries: those that started flows, or those that did not. */
  came?: 'flow' | 'nothing';
}
const webhooks = createRoute({
  getParentRoute: inProject,
  path: 'webhooks',
  validateSearch: (search: Record<string, unknown>): WebhooksSearch => tidy({ host: text(search.host), came: oneOf('flow', 'nothing')(search.came) }),
  component: lazyRouteComponent(() => import('../pages/project-settings/Webhooks.tsx'), 'Webhooks'),
});
const notifications = createRoute({
  getParentRoute: inProject,
  path: 'notifications',
  validateSearch: (search: Record<string, unknown>): { channel?: string; on?: string } => tidy({ channel: text(search.channel), on: text(search.on) }),
  component: lazyRouteComponent(() => import('../pages/project-settings/Notifications.tsx'), 'Notifications'),
});
const access = createRoute({ getParentRoute: inProject, path: 'access', component: lazyRouteComponent(() => import('../pages/project-settings/Access.tsx'), 'Access') });

const admin = createRoute({ getParentRoute: under, path: '/admin', component: lazyRouteComponent(() => import('../pages/admin/AdminPage.tsx'), 'AdminPage') });
const inAdmin = () => admin;
const adminFirst = createRoute({
  getParentRoute: inAdmin,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/admin/tokens', replace: true, throw: true });
  },
});
const tokens = createRoute({
  getParentRoute: inAdmin,
  path: 'tokens',
  validateSearch: (search: Record<string, unknown>): { q?: string; sort?: string } => tidy({ q: text(search.q), sort: text(search.sort) }),
  component: lazyRouteComponent(() => import('../pages/tokens/TokensPage.tsx'), 'TokensPage'),
});
const settings = createRoute({ getParentRoute: inAdmin, path: 'settings', component: lazyRouteComponent(() => import('../pages/admin/SettingsPage.tsx'), 'SettingsPage') });

const audit = createRoute({
  getParentRoute: inAdmin,
  path: 'audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => tidy({ project: text(search.project), actor: text(search.actor), from: day(search.from), to: day(search.to) }),
  component: lazyRouteComponent(() => import('../pages/admin/AuditPage.tsx'), 'AuditPage'),
});

const tools = createRoute({
  getParentRoute: inAdmin,
  path: 'tools',
  validateSearch: (search: Record<string, unknown>): { tool?: string; version?: string } => tidy({ tool: text(search.tool), version: text(search.version) }),
  component: lazyRouteComponent(() => import('../pages/admin/ToolsPage.tsx'), 'ToolsPage'),
});
const diagnostics = createRoute({ getParentRoute: inAdmin, path: 'diagnostics', component: lazyRouteComponent(() => import('../pages/admin/DiagnosticsPage.tsx'), 'DiagnosticsPage') });

const me = createRoute({ getParentRoute: under, path: '/me', component: lazyRouteComponent(() => import('../pages/me/MePage.tsx'), 'MePage') });

export const setupRoutes = [project.addChildren([projectFirst, general, secrets, webhooks, notifications, access]), admin.addChildren([adminFirst, tokens, settings, audit, diagnostics, tools]), me] as const;
