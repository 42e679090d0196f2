// What waits for an agent, in the order it will be served, and why; and what the agents of each group do.
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';

import type { QueuedJob } from '../../api/generated/types.gen.ts';
import { queue } from '../../api/queue.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import { TextField } from '../../parts/Fields.tsx';
import { More } from '../../parts/More.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Span } from '../../parts/Time.tsx';
import { count, counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { Capacity } from './Capacity.tsx';
import { shownJobs, waitingIn } from './shown.ts';

const route = getRouteApi('/queue');

const COLUMNS: Column<QueuedJob>[] = [
  { id: 'position', title: 'Place', cell: ({ position }) => <span title="among the jobs that the same agents fit">{position == null ? '> 1,000' : count(position)}</span>, sort: ({ position }) => position, width: '68px', right: true, spare: true },
  {
    id: 'job',
    title: 'Job',
    cell: ({ job, name, stage_name, reason }) => (
      <>
        <Link to="/jobs/$job" params={{ job }} className="clip" title={`${stage_name} / ${name}`} preload={false}>
          <bdi>{stage_name}</bdi> / <bdi>{name}</bdi>
        </Link>
        <span className="beneath small muted">{reason}</span>
      </>
    ),
    sort: ({ stage_name, name }) => `${stage_name} ${name}`,
  },
  {
    id: 'flow',
    title: 'Flow',
    cell: ({ flow, flow_label, project_name, branch_name }) => (
      <Link to="/flows/$flow" params={{ flow }} className="clip" title={`${project_name} / ${branch_name}, flow ${called(flow_label)}`} preload={false}>
        <bdi>{project_name}</bdi> / <bdi>{branch_name}</bdi> <bdi>{called(flow_label)}</bdi>
      </Link>
    ),
    sort: ({ project_name, branch_name, flow_label }) => `${project_name} ${branch_name} ${flow_label}`,
    width: '17%',
    spare: true,
  },
  {
    id: 'place',
    title: 'Group, system',
    cell: ({ agents_group, system, executor }) => (
      <span className="clip" title={`${agents_group}, ${system}, ${executor}`}>
        <bdi>{agents_group}</bdi> <span className="muted"><bdi>{system}</bdi></span>
      </span>
    ),
    sort: ({ agents_group, system }) => `${agents_group} ${system}`,
    width: '15%',
    spare: true,
  },
  { id: 'reason', title: 'Why', cell: ({ reason }) => <span className="clip small" title={reason}>{reason}</span>, width: '30%', spare: true },
  { id: 'waits', title: 'Waits', cell: ({ since }) => <Span from={since} to={undefined} />, sort: ({ since }) => -Date.parse(since), width: '92px', right: true },
];

export function QueuePage() {
  useTitle('Queue');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useLive(['queue']);
  const all = useInfiniteQuery(queue());
  const found = useInfiniteQuery({ ...queue(search.group), enabled: search.group !== undefined });
  const shown = search.group === undefined ? all : found;
  const groups = useMemo(() => all.data?.pages[0]?.groups ?? [], [all.data]);
  const text = useDeferredValue(search.q);
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <div className="page page-wide">
      <PageHead title="Queue">{all.data && <p className="muted">{waitingIn(groups, search.group)}</p>}</PageHead>
      <div className="queue-body">
        <Capacity groups={groups} chosen={search.group} onChoose={(group) => set({ group })} />
        <Panel flush>
          <Query of={shown} rows={10}>
            {({ pages }) => {
              const items = pages.flatMap((page) => page.items);
              if (items.length === 0 && !shown.hasNextPage) return <Empty>{search.group === undefined ? 'No job waits for an agent.' : `No job waits for an agent of ${search.group}.`}</Empty>;
              const rows = shownJobs(items, text);
              return (
                <>
                  <div className="tools">
                    <TextField label="Filter jobs" hideLabel type="search" placeholder="Filter by job, branch, system" value={search.q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
                    <span className="muted small tools-end" role="status">
                      {rows.length === items.length ? counted(items.length, 'job') : `${counted(rows.length, 'job')} of ${count(items.length)}`}
                      {shown.hasNextPage && ' read so far'}
                    </span>
                  </div>
                  <Table tall label="Waiting jobs" columns={COLUMNS} rows={rows} rowKey={({ job }) => job} sort={search.sort} onSort={(sort) => set({ sort })} empty={<Empty>No job is like that.</Empty>} />
                </>
              );
            }}
          </Query>
          <More of={shown}>More</More>
        </Panel>
      </div>
    </div>
  );
}
