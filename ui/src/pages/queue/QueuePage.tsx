// What waits for an agent, in the order it will be served, and why.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { agents, waiting } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { useQueue, type Waiting } from './useQueue.ts';

function Reason({ job }: { job: string }) {
  const found = useQuery({ ...waiting(job), refetchInterval: 15_000 });
  return (
    <span className="clip small" title={found.data?.reason}>
      {found.data?.reason ?? '…'}
    </span>
  );
}

function Ahead({ job }: { job: string }) {
  const found = useQuery({ ...waiting(job), refetchInterval: false });
  return <span className="num">{found.data?.ahead ?? '–'}</span>;
}

const COLUMNS: Column<Waiting>[] = [
  {
    id: 'job',
    title: 'Job',
    cell: ({ job, run }) => (
      <Link to="/jobs/$job" params={{ job: job.id }} className="clip" title={`${run.stage_name} / ${job.name}`} preload={false}>
        <bdi>{run.stage_name}</bdi> / <bdi>{job.name}</bdi>
      </Link>
    ),
  },
  { id: 'place', title: 'Branch', cell: ({ place }) => <bdi className="clip" title={place}>{place}</bdi>, width: '16%', spare: true },
  { id: 'group', title: 'Group', cell: ({ job }) => <bdi className="clip" title={job.agents_group}>{job.agents_group}</bdi>, width: '110px', spare: true },
  { id: 'reason', title: 'Why', cell: ({ job }) => <Reason job={job.id} />, width: '44%' },
  { id: 'ahead', title: 'Before it', cell: ({ job }) => <Ahead job={job.id} />, width: '80px', right: true, spare: true },
  { id: 'waits', title: 'Waits', cell: ({ job }) => <Span from={job.created_at} to={undefined} />, width: '92px', right: true },
];

export function QueuePage() {
  useTitle('Queue');
  const { jobs, total, loaded, cut, error } = useQueue();
  return (
    <div className="page page-wide">
      <PageHead title="Queue">
        <Capacity waiting={total} />
      </PageHead>
      {error !== null && error !== undefined && <ProblemNote error={error} />}
      <Panel flush>
        {!loaded && jobs.length === 0 ? (
          <Skeleton rows={6} />
        ) : (
          <Table label="Waiting jobs" columns={COLUMNS} rows={jobs} rowKey={({ job }) => job.id} empty={<Empty>No job waits for an agent.</Empty>} />
        )}
        {loaded && jobs.length < total && <p className="panel-note small muted">The first {counted(jobs.length, 'job')} are shown.</p>}
        {cut && <p className="panel-note small muted">Only the newest flows of the first branches are looked over: there may be more.</p>}
      </Panel>
    </div>
  );
}

function Capacity({ waiting: many }: { waiting: number }) {
  const all = useQuery(agents()).data?.items ?? [];
  const of = (state: string) => all.filter((agent) => agent.state === state).length;
  return (
    <p className="muted">
      {counted(many, 'job waits', 'jobs wait')} · {counted(of('idle'), 'idle agent')}, {of('busy')} busy, {of('offline')} offline
    </p>
  );
}
