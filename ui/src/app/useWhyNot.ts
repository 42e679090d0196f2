// Why the person who is signed in may not do something: what a disabled action says. Unknown yet: nothing, the server has the last word.
import { useQuery } from '@tanstack/react-query';

import { flow, me } from '../api/queries.ts';
import { may, needs, type Role } from '../words/grants.ts';

/** `project`: its id; `null`: the whole system; `undefined`: not known yet. */
export function useWhyNot(role: Role, project: string | null | undefined): string | undefined {
  const grants = useQuery(me()).data?.grants;
  return grants === undefined || project === undefined || may(grants, role, project) ? undefined : needs(role, project);
}

/** The same for what a flow is made of. */
export function useWhyNotInFlow(role: Role, flowId: string): string | undefined {
  return useWhyNot(role, useQuery(flow(flowId)).data?.project);
}
