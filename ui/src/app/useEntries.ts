// All that Ctrl K and the search page can jump to, as far as it was read.
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { FlowView } from '../api/generated/types.gen.ts';
import { agents, groups, projects } from '../api/queries.ts';
import { overview } from '../api/queue.ts';
import { type Entry, flowEntries, pageEntries } from './jump.ts';

/** Flows in whatever lists were read lately: no call of its own. */
function knownFlows(client: QueryClient): FlowView[] {
  const lists = client.getQueriesData<{ items?: FlowView[]; pages?: { items: FlowView[] }[] }>({
    predicate: ({ queryKey }) => queryKey[0] === 'branch' && (queryKey[2] === 'flows' || queryKey[2] === 'flows-paged'),
  });
  return lists.flatMap(([, list]) => [...(list?.items ?? []), ...(list?.pages?.flatMap((page) => page.items) ?? [])]);
}

export function useEntries(): Entry[] {
  const client = useQueryClient();
  const branches = useQuery({ ...overview(), refetchInterval: false }).data;
  const dev = useQuery({ ...overview('dev'), refetchInterval: false }).data;
  const allProjects = useQuery({ ...projects(), refetchInterval: false }).data;
  const allAgents = useQuery({ ...agents(), refetchInterval: false }).data;
  const allGroups = useQuery({ ...groups(), refetchInterval: false }).data;
  return useMemo(() => {
    const places = new Map(branches?.items.map((branch) => [branch.id, `${branch.project_name} / ${branch.name}`]));
    return [
      ...pageEntries,
      ...(allProjects?.items ?? []).map(({ name }): Entry => ({ icon: 'folder', kind: 'project', name, to: `/p/${encodeURIComponent(name)}` })),
      ...(branches?.items ?? []).map(
        (branch): Entry => ({
          icon: 'folder',
          kind: 'branch',
          name: `${branch.project_name} / ${branch.name}`,
          to: `/p/${encodeURIComponent(branch.project_name)}/b/${encodeURIComponent(branch.name)}`,
        }),
      ),
      ...flowEntries([...[branches, dev].flatMap((list) => list?.items.flatMap((branch) => branch.flows) ?? []), ...knownFlows(client)], places),
      ...(allAgents?.items ?? []).map((agent): Entry => ({ icon: 'agent', kind: 'agent', name: agent.name, to: `/agents/${agent.id}` })),
      ...(allGroups?.items ?? []).map((group): Entry => ({ icon: 'groups', kind: 'group', name: group.name, to: `/groups/${encodeURIComponent(group.name)}` })),
    ];
  }, [client, branches, dev, allProjects, allAgents, allGroups]);
}
