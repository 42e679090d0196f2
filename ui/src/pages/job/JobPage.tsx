// A job: its steps, why it failed or waits, and its log to the last line.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { JobView } from '../../api/generated/types.gen.ts';
import { agent, job } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import type { StepMark } from '../../log/groups.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { isJobOver, jobState } from '../../words/states.ts';
import { span } from '../../words/time.ts';
import { Removed } from '../shared/Removed.tsx';
import { Failure } from './Failure.tsx';
import { JobActions } from './JobActions.tsx';
import { JobLog } from './JobLog.tsx';
import { Steps } from './Steps.tsx';
import { readSteps } from './steps.ts';
import { Tries } from './Tries.tsx';
import { Waiting } from './Waiting.tsx';

const route = getRouteApi('/jobs/$job');

export function JobPage() {
  const { job: id } = route.useParams();
  const found = useQuery(job(id));
  useLive(found.data?.id === id ? [`job:${id}`] : []);
  useTitle(found.data && `${found.data.name} · job`);
  return (
    <div className="page page-wide page-job">
      <PageQuery of={found} what="Job">
        {(data) => <Job key={data.id} job={data} />}
      </PageQuery>
    </div>
  );
}

function Job({ job: item }: { job: JobView }) {
  const { try: chosen } = route.useSearch();
  const steps = readSteps(item.steps);
  const [marks, setMarks] = useState<readonly StepMark[]>([]);
  return (
    <>
      <PageHead state={jobState(item)} title={<bdi>{item.name}</bdi>} actions={<JobActions job={item} />}>
        <Facts
          facts={[
            ['Agent', item.agent ? <AgentName key="agent" id={item.agent} /> : ''],
            ['System', <bdi key="system">{item.system}</bdi>],
            ['Executor', item.executor],
            ['Group', <Link key="group" to="/groups/$group" params={{ group: item.agents_group }}><bdi>{item.agents_group}</bdi></Link>],
            ['Config', item.config === 'default' ? '' : <bdi key="config">{item.config}</bdi>],
            ['Made', <Ago key="made" at={item.created_at} />],
            ['Waited', <Span key="waited" from={item.created_at} to={item.started_at ?? item.completed_at} />],
            [item.completed_at ? 'Took' : 'So far', item.started_at == null ? '' : <Span key="took" from={item.started_at} to={item.completed_at} />],
            ['Usually', item.usual_s == null ? '' : <span key="usual" title="the middle of the last jobs like it that passed">{span(item.usual_s * 1000)}</span>],
            ['Limit', <span key="limit" title={item.timeout_reason}>{span(item.timeout_s * 1000)}</span>],
          ]}
        />
      </PageHead>
      {item.covered_by && (
        <Banner look="cancelled">
          This job was repeated and no longer counts. <Link to="/jobs/$job" params={{ job: item.covered_by }}>Go to the one that repeats it</Link>
        </Banner>
      )}
      {item.rerun_of && (
        <p className="small muted">
          Repeats <Link to="/jobs/$job" params={{ job: item.rerun_of }}>an earlier job</Link>.
        </p>
      )}
      {!isJobOver(item) && <Waiting job={item} />}
      <Failure job={item} steps={steps} />
      {isJobOver(item) && item.started_at != null && <Removed what="logs" of={item.flow} made={item} />}
      <div className="job-body">
        <aside className="job-side" aria-label="Steps">
          <Steps steps={steps} marks={marks} />
          <Tries job={item} chosen={chosen} />
        </aside>
        <JobLog key={chosen ?? 0} job={item} tryNumber={chosen} steps={steps} onMarks={setMarks} />
      </div>
    </>
  );
}

function AgentName({ id }: { id: string }) {
  const found = useQuery({ ...agent(id), refetchInterval: false, staleTime: 60_000 });
  return (
    <Link to="/agents/$agent" params={{ agent: id }}>
      <bdi>{found.data?.name ?? (found.isError ? 'deleted' : '…')}</bdi>
    </Link>
  );
}
