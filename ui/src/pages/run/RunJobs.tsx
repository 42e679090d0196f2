import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';

import { serverNow } from '../../api/clock.ts';
import type { JobView, RunView } from '../../api/generated/types.gen.ts';
import { agents, type JobFilter, runJobs } from '../../api/queries.ts';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Span } from '../../parts/Time.tsx';
import { count, counted } from '../../words/amounts.ts';
import { jobState } from '../../words/states.ts';
import { between } from '../../words/time.ts';
import { shownJobs } from './filter.ts';

const route = getRouteApi('/runs/$run');

const FILTERS: { value: JobFilter | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'failed', label: 'Failed' },
  { value: 'running', label: 'Running' },
  { value: 'queued', label: 'Queued' },
  { value: 'passed', label: 'Passed' },
];

const LOOKS = ['failed', 'running', 'queued', 'manual', 'cancelled', 'passed'];

function columns(agentNames: ReadonlyMap<string, string>): Column<JobView>[] {
  return [
    { id: 'state', title: 'State', cell: (job) => <StateBadge state={jobState(job)} />, sort: (job) => LOOKS.indexOf(jobState(job).look), width: '148px' },
    {
      id: 'name',
      title: 'Job',
      cell: (job) => (
        <span className="row">
          <Link to="/jobs/$job" params={{ job: job.id }} className="clip" title={job.name} preload={false}>
            <bdi>{job.name}</bdi>
          </Link>
          {job.covered_by && <span className="small muted">repeated</span>}
          {job.message && <span className="small muted clip" title={job.message}>{job.message}</span>}
        </span>
      ),
      sort: (job) => job.name,
    },
    { id: 'system', title: 'System', cell: (job) => <bdi className="clip" title={job.system}>{job.system}</bdi>, sort: (job) => job.system, width: '130px', spare: true },
    { id: 'group', title: 'Group', cell: (job) => <bdi className="clip" title={job.agents_group}>{job.agents_group}</bdi>, sort: (job) => job.agents_group, width: '110px', spare: true },
    {
      id: 'agent',
      title: 'Agent',
      cell: (job) =>
        job.agent ? (
          <Link to="/agents/$agent" params={{ agent: job.agent }} className="clip" preload={false}>
            <bdi>{agentNames.get(job.agent) ?? 'gone'}</bdi>
          </Link>
        ) : (
          <span className="muted">–</span>
        ),
      sort: (job) => agentNames.get(job.agent ?? ''),
      width: '120px',
      spare: true,
    },
    { id: 'waited', title: 'Waited', cell: (job) => <Span from={job.created_at} to={job.started_at ?? job.completed_at} />, sort: (job) => between(job.created_at, job.started_at ?? job.completed_at ?? serverNow()), width: '92px', right: true, spare: true },
    { id: 'took', title: 'Took', cell: (job) => <Span from={job.started_at} to={job.completed_at} />, sort: (job) => between(job.started_at, job.completed_at ?? serverNow()), width: '92px', right: true },
  ];
}

/** From so many jobs on only those are read that the filter shows. */
const LARGE = 2000;

export function RunJobs({ run }: { run: RunView }) {
  const { state } = route.useSearch();
  const list = useQuery(runJobs(run.id, undefined, run.jobs.total > LARGE ? state : undefined));
  return (
    <Panel flush>
      <Query of={list} rows={12}>
        {({ items, cut }) => (
          <>
            <Jobs jobs={items} total={Math.max(run.jobs.total, items.length)} />
            {cut && <p className="panel-note small muted">The first {counted(items.length, 'job')} are shown.</p>}
          </>
        )}
      </Query>
    </Panel>
  );
}

function Jobs({ jobs, total }: { jobs: readonly JobView[]; total: number }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const known = useQuery({ ...agents(), refetchInterval: false }).data;
  const shown = useMemo(() => columns(new Map(known?.items.map((agent) => [agent.id, agent.name]))), [known]);
  const text = useDeferredValue(search.q);
  const rows = useMemo(() => shownJobs(jobs, search.state, text), [jobs, search.state, text]);
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  if (total === 0) return <Empty>This run has no jobs yet.</Empty>;
  return (
    <>
      <div className="tools">
        <TextField label="Filter jobs" hideLabel type="search" placeholder="Filter by name, system, group" value={search.q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
        <Segments label="State" choices={FILTERS} value={search.state ?? 'all'} onChoose={(value) => set({ state: value === 'all' ? undefined : value })} />
        <span className="muted small tools-end" role="status">
          {rows.length === total ? counted(total, 'job') : `${counted(rows.length, 'job')} of ${count(total)}`}
        </span>
      </div>
      <Table
        label="Jobs"
        columns={shown}
        rows={rows}
        rowKey={(job) => job.id}
        sort={search.sort}
        onSort={(sort) => set({ sort })}
        dim={(job) => job.covered_by != null}
        empty={<Empty>No job is like that.</Empty>}
      />
    </>
  );
}
