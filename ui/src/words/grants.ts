// What somebody may do, as the server judges it: a grant without a project holds everywhere, and a role may what those below it may.
import type { GrantView } from '../api/generated/types.gen.ts';

export type Role = 'viewer' | 'user' | 'admin';

const ORDER: readonly string[] = ['viewer', 'user', 'admin'] satisfies Role[];

/** Whether these grants give at least `role` in `project`; `null`: over the whole system. */
export const may = (grants: readonly GrantView[], role: Role, project: string | null): boolean =>
  grants.some((grant) => (grant.project == null || grant.project === project) && ORDER.indexOf(grant.role) >= ORDER.indexOf(role));

/** Why an action is not for somebody. */
export const needs = (role: Role, project: string | null): string => `it needs the role ${role} ${project === null ? 'over the whole system' : 'in this project'}`;
