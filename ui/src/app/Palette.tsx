// Ctrl K: jump to a project, branch, agent, group or page; or to whatever an id names.
import { Dialog as Base } from '@base-ui/react/dialog';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';

import type { FlowView } from '../api/generated/types.gen.ts';
import { agents, groups, projects } from '../api/queries.ts';
import { overview } from '../api/queue.ts';
import { Icon } from '../parts/Icon.tsx';
import { type Entry, flowEntries, found, idEntry, pageEntries } from './jump.ts';

const SHOWN = 40;

/** Flows in whatever lists were read lately: no call of its own. */
function knownFlows(client: QueryClient): FlowView[] {
  const lists = client.getQueriesData<{ items?: FlowView[]; pages?: { items: FlowView[] }[] }>({
    predicate: ({ queryKey }) => queryKey[0] === 'branch' && (queryKey[2] === 'flows' || queryKey[2] === 'flows-paged'),
  });
  return lists.flatMap(([, list]) => [...(list?.items ?? []), ...(list?.pages?.flatMap((page) => page.items) ?? [])]);
}

function useEntries(): Entry[] {
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

export default function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries();
  const named = idEntry(text);
  const words = text.trim();
  const everywhere: Entry[] = words === '' || named ? [] : [{ icon: 'search', kind: 'search', name: `“${words}” in all logs`, to: `/search?q=${encodeURIComponent(words)}` }];
  const shown = [...(named ? [named] : []), ...found(entries, text).slice(0, SHOWN), ...everywhere];
  const chosen = Math.min(at, shown.length - 1);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // An address as it stands, with its search.
    router.history.push(entry.to);
  };
  const keys = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      const next = (chosen + by + shown.length) % Math.max(1, shown.length);
      setAt(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(shown[chosen]);
    }
  };
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog palette" aria-label="Search or jump">
          <input
            className="palette-input"
            role="combobox"
            aria-expanded
            aria-controls={list}
            aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
            aria-label="Search or jump"
            placeholder="Project, branch, flow, agent, group, or an id"
            value={text}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
            onKeyDown={keys}
          />
          <ul id={list} role="listbox" aria-label="Places" className="palette-list">
            {shown.map((entry, index) => (
              // The keyboard acts on the input, which names this option.
              <li key={entry.to} id={`${list}-${index}`} role="option" aria-selected={index === chosen} className="palette-item" onClick={() => go(entry)} onMouseMove={() => setAt(index)}>
                <Icon name={entry.icon} />
                <bdi className="clip grow">{entry.name}</bdi>
                <span className="muted small">{entry.kind}</span>
              </li>
            ))}
          </ul>
          {shown.length === 0 && <p className="palette-none muted">Nothing is called that.</p>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
