// Agents: what runs where, who waits to be let in, how to add one.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { authoriseAgent } from '../../api/actions.ts';
import type { AgentView } from '../../api/generated/types.gen.ts';
import { agents } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { useLive } from '../../live/useLive.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button } from '../../parts/Button.tsx';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge, Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago } from '../../parts/Time.tsx';
import { bytes, counted } from '../../words/amounts.ts';
import { agentState } from '../../words/states.ts';
import { EnrolDialog } from './EnrolDialog.tsx';

const route = getRouteApi('/agents');

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'idle', label: 'Idle' },
  { value: 'busy', label: 'Busy' },
  { value: 'offline', label: 'Offline' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'discovered', label: 'Discovered' },
] as const;

/** Each state with how many are in it. */
const countedStates = (items: readonly AgentView[]) =>
  STATES.map(({ value, label }) => ({ value, label: `${label} ${value === 'all' ? items.length : items.filter((agent) => agent.state === value).length}` }));

const COLUMNS: Column<AgentView>[] = [
  { id: 'state', title: 'State', cell: (agent) => <StateBadge state={agentState(agent)} />, sort: (agent) => agent.state, width: '124px' },
  {
    id: 'name',
    title: 'Agent',
    cell: (agent) => (
      <Link to="/agents/$agent" params={{ agent: agent.id }} className="clip" title={agent.name}>
        <bdi>{agent.name}</bdi>
      </Link>
    ),
    sort: (agent) => agent.name,
  },
  {
    id: 'job',
    title: 'Job',
    cell: (agent) => (agent.job ? <Link to="/jobs/$job" params={{ job: agent.job }}>its job</Link> : <span className="muted">–</span>),
    width: '84px',
  },
  { id: 'system', title: 'System', cell: (agent) => <span className="clip" title={`${agent.system} ${agent.architecture}`}>{agent.system} {agent.architecture}</span>, sort: (agent) => agent.system, width: '160px', spare: true },
  { id: 'groups', title: 'Groups', cell: (agent) => <Groups names={agent.groups} />, sort: (agent) => agent.groups.join(' '), width: '160px', spare: true },
  { id: 'size', title: 'Size', cell: (agent) => `${agent.cpus} CPU, ${bytes(agent.memory_bytes)}`, sort: (agent) => agent.cpus, width: '140px', right: true, spare: true },
  { id: 'seen', title: 'Heard of', cell: (agent) => <span className="muted small">{agent.last_seen_at ? <Ago at={agent.last_seen_at} /> : 'never'}</span>, sort: (agent) => Date.parse(agent.last_seen_at ?? ''), width: '96px', right: true, spare: true },
];

export function Groups({ names }: { names: readonly string[] }) {
  return (
    <span className="row clip" title={names.join(', ')}>
      {names.map((name) => (
        <Tag key={name}>
          <bdi>{name}</bdi>
        </Tag>
      ))}
    </span>
  );
}

export function AgentsPage() {
  useTitle('Agents');
  useLive(['agents']);
  const list = useQuery(agents());
  const [enrolling, setEnrolling] = useState(false);
  const not = useWhyNot('admin', null);
  return (
    <div className="page page-wide">
      <PageHead
        title="Agents"
        actions={
          <Button look="main" icon="plus" why={not} onClick={() => setEnrolling(true)}>
            Add an agent
          </Button>
        }
      />
      <Query of={list} rows={6}>
        {({ items }) => (
          <>
            <Discovered agents={items.filter((agent) => agent.state === 'discovered')} />
            <Agents items={items} onEnrol={() => setEnrolling(true)} />
          </>
        )}
      </Query>
      <EnrolDialog open={enrolling} onClose={() => setEnrolling(false)} />
    </div>
  );
}

/** More are found by their state. */
const DISCOVERED_SHOWN = 3;

function Discovered({ agents: found }: { agents: readonly AgentView[] }) {
  const { busy, act } = useAct();
  const not = useWhyNot('admin', null);
  const more = found.length - DISCOVERED_SHOWN;
  const banners = found.slice(0, DISCOVERED_SHOWN).map((agent) => (
    <Banner
      key={agent.id}
      look="manual"
      action={
        <Button look="main" busy={busy} why={not} onClick={() => void act(() => authoriseAgent(agent.id), { say: `${agent.name} may take jobs now`, touch: [['agents'], ['agent', agent.id]] })}>
          Let it in
        </Button>
      }
    >
      <strong>
        <bdi>{agent.name}</bdi>
      </strong>{' '}
      on <bdi>{agent.host}</bdi> ({agent.system}) asks to be let in.
    </Banner>
  ));
  return (
    <>
      {banners}
      {more > 0 && (
        <Banner look="manual">
          So {more === 1 ? 'does' : 'do'}{' '}
          <Link to="/agents" search={{ state: 'discovered' }}>
            {counted(more, 'other agent')}
          </Link>
          .
        </Banner>
      )}
    </>
  );
}

function Agents({ items, onEnrol }: { items: readonly AgentView[]; onEnrol: () => void }) {
  const not = useWhyNot('admin', null);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  const rows = useMemo(() => {
    const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return items.filter((agent) => {
      if (search.state && agent.state !== search.state) return false;
      const about = `${agent.name} ${agent.host} ${agent.system} ${agent.architecture} ${agent.groups.join(' ')} ${Object.values(agent.labels).join(' ')}`.toLowerCase();
      return words.every((word) => about.includes(word));
    });
  }, [items, search.q, search.state]);
  if (items.length === 0) {
    return (
      <Panel>
        <Empty
          action={
            <Button look="main" why={not} onClick={onEnrol}>
              Add an agent
            </Button>
          }
        >
          Agents run your jobs, on your own hosts. They will be here.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel flush>
      <div className="tools">
        <TextField label="Filter agents" hideLabel type="search" placeholder="Filter by name, system, group" value={search.q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
        <Segments label="State" choices={countedStates(items)} value={search.state ?? 'all'} onChoose={(value) => set({ state: value === 'all' ? undefined : value })} />
        <span className="muted small tools-end" role="status">
          {counted(rows.length, 'agent')}
        </span>
      </div>
      <Table label="Agents" columns={COLUMNS} rows={rows} rowKey={(agent) => agent.id} sort={search.sort} onSort={(sort) => set({ sort })} empty={<Empty>No agent is like that.</Empty>} />
    </Panel>
  );
}
