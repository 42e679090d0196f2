// One agent: what it is, what it does, what it did.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { AgentView, JobView } from '../../api/generated/types.gen.ts';
import { agent, agentJobs, agentLog } from '../../api/queries.ts';
import { AdminOnly } from '../../app/AdminOnly.tsx';
import { useTitle } from '../../app/useTitle.ts';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge, Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { bytes } from '../../words/amounts.ts';
import { agentState, jobState } from '../../words/states.ts';
import { FoundLines } from '../shared/FoundLines.tsx';
import { AgentActions } from './AgentActions.tsx';
import { AgentGroups } from './AgentGroups.tsx';
import { Utilisation } from './Utilisation.tsx';

const route = getRouteApi('/agents/$agent');

const JOBS: Column<JobView>[] = [
  { id: 'state', title: 'State', cell: (job) => <StateBadge state={jobState(job)} />, width: '148px' },
  {
    id: 'name',
    title: 'Job',
    cell: (job) => (
      <Link to="/jobs/$job" params={{ job: job.id }} className="clip" title={job.name}>
        <bdi>{job.name}</bdi>
      </Link>
    ),
  },
  { id: 'system', title: 'System', cell: (job) => <bdi className="clip">{job.system}</bdi>, width: '130px', spare: true },
  { id: 'took', title: 'Took', cell: (job) => <Span from={job.started_at} to={job.completed_at} />, width: '92px', right: true },
  { id: 'at', title: 'Began', cell: (job) => <span className="muted small">{job.started_at ? <Ago at={job.started_at} /> : '–'}</span>, width: '96px', right: true, spare: true },
];

export function AgentPage() {
  const { agent: id } = route.useParams();
  const found = useQuery(agent(id));
  useTitle(found.data?.name);
  return (
    <div className="page">
      <PageQuery of={found} what="Agent">
        {(data) => <Agent agent={data} />}
      </PageQuery>
    </div>
  );
}

const listed = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => `${name} ${value}`);

function Agent({ agent: item }: { agent: AgentView }) {
  const jobs = useQuery(agentJobs(item.id));
  return (
    <>
      <PageHead state={agentState(item)} title={<bdi>{item.name}</bdi>} actions={<AgentActions agent={item} />}>
        {item.job && (
          <p>
            It holds <Link to="/jobs/$job" params={{ job: item.job }}>a job</Link> now.
          </p>
        )}
      </PageHead>
      <div className="stack">
        <Panel title="The last day">
          <Query of={jobs} rows={1}>
            {({ items, cut }) => <Utilisation jobs={items} cut={cut} />}
          </Query>
        </Panel>
        <Panel title="Host">
          <Facts
            column
            facts={[
              ['Host', <bdi key="host">{item.host}</bdi>],
              ['System', `${item.system}, ${item.architecture}`],
              ['Size', `${item.cpus} CPU, ${bytes(item.memory_bytes)} memory, ${bytes(item.disk_free_bytes)} disk free`],
              ['Executors', listed(item.executors).join(', ')],
              ['Labels', listed(item.labels).length === 0 ? undefined : <span key="labels" className="row row-wrap">{listed(item.labels).map((label) => <Tag key={label}>{label}</Tag>)}</span>],
              ['Version', item.version],
              ['Joined', <Ago key="joined" at={item.created_at} />],
              ['Heard of', item.last_seen_at ? <Ago key="seen" at={item.last_seen_at} /> : 'never'],
              ['Id', <code key="id">{item.id}</code>],
            ]}
          />
        </Panel>
        <AgentGroups agent={item} />
        <AdminOnly what="Logs of agents">
          <AgentLog id={item.id} />
        </AdminOnly>
        <Panel title="Jobs" aside={<span className="small muted">of the last day, and some before</span>} flush>
          <Query of={jobs}>
            {({ items }) => <Table label="Jobs of this agent" columns={JOBS} rows={items} rowKey={(job) => job.id} empty={<Empty>It has had no job yet.</Empty>} />}
          </Query>
        </Panel>
      </div>
    </>
  );
}

function AgentLog({ id }: { id: string }) {
  const found = useQuery(agentLog(id));
  return (
    <Panel title="Its own log" aside={<span className="small muted">the newest 50 lines</span>} flush>
      <div className="scroll-y" role="region" aria-label="The agent's own log" tabIndex={0}>
        <Query of={found}>{({ items, behind, next }) => <FoundLines lines={items} behind={behind} more={next != null} />}</Query>
      </div>
    </Panel>
  );
}
