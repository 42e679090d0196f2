// A run: one stage in one flow, its jobs in a table that holds 10,000 rows.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { RunView } from '../../api/generated/types.gen.ts';
import { flow, lastRuns, run, runArtifacts } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tabs, TabText } from '../../parts/Tabs.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { count, counted } from '../../words/amounts.ts';
import { lossOf } from '../../words/retention.ts';
import { runState } from '../../words/states.ts';
import { span } from '../../words/time.ts';
import { usualRunMs } from '../../words/usual.ts';
import { ArtifactTable } from '../shared/ArtifactTable.tsx';
import { Removed } from '../shared/Removed.tsx';
import { Reports } from '../shared/Reports.tsx';
import { Values } from '../shared/Values.tsx';
import { Notices } from './Notices.tsx';
import { RunActions } from './RunActions.tsx';
import { RunJobs } from './RunJobs.tsx';
import { called } from '../../words/labels.ts';

const route = getRouteApi('/runs/$run');

export function RunPage() {
  const { run: id } = route.useParams();
  const found = useQuery(run(id));
  useLive(found.data?.id === id ? [`run:${id}`] : []);
  useTitle(found.data && `${found.data.stage_name} · run ${called(found.data.label)}`);
  return (
    <div className="page page-wide">
      <PageQuery of={found} what="Run">
        {(data) => <Run run={data} />}
      </PageQuery>
    </div>
  );
}

const REASONS: Record<string, string> = { flow: 'the flow started', parents: 'its parent stages passed', person: 'somebody started it' };

function Run({ run: item }: { run: RunView }) {
  const { tab } = route.useSearch();
  return (
    <>
      <PageHead
        state={runState(item)}
        title={
          <>
            <bdi>{item.stage_name}</bdi> <span className="muted">run <bdi>{called(item.label)}</bdi></span>
          </>
        }
        actions={<RunActions run={item} />}
      >
        <Facts
          facts={[
            ['Jobs', <Counts key="jobs" run={item} />],
            [item.completed_at ? 'Took' : 'So far', <Span key="took" from={item.started_at} to={item.completed_at} />],
            ['Usually', <Usual key="usual" run={item} />],
            ['Made', <Ago key="made" at={item.created_at} />],
            ['Because', REASONS[item.reason] ?? item.reason],
          ]}
        />
      </PageHead>
      {item.covered_by ? (
        <Banner look="cancelled">
          Repeated with the newest code by{' '}
          <Link to="/runs/$run" params={{ run: item.covered_by }}>
            a newer run
          </Link>
          .
        </Banner>
      ) : item.superseded_by ? (
        <Banner look="cancelled">
          Superseded by{' '}
          <Link to="/runs/$run" params={{ run: item.superseded_by }}>
            a newer run
          </Link>{' '}
          of its group.
        </Banner>
      ) : (
        item.note && <Banner look={item.result === 'error' ? 'failed' : 'tests'}>{item.note}</Banner>
      )}
      <Tabs label="Parts of the run">
        <Link to="." search={{}} className="tab" data-here={tab === undefined ? '' : undefined}>
          <TabText amount={count(item.jobs.total)}>Jobs</TabText>
        </Link>
        <Link to="." search={{ tab: 'artifacts' }} className="tab" data-here={tab === 'artifacts' ? '' : undefined}>
          <TabText>Artifacts</TabText>
        </Link>
        <Link to="." search={{ tab: 'reports' }} className="tab" data-here={tab === 'reports' ? '' : undefined}>
          <TabText>Reports</TabText>
        </Link>
        <Link to="." search={{ tab: 'notices' }} className="tab" data-here={tab === 'notices' ? '' : undefined}>
          <TabText>Notices</TabText>
        </Link>
        <Link to="." search={{ tab: 'details' }} className="tab" data-here={tab === 'details' ? '' : undefined}>
          <TabText>Arguments</TabText>
        </Link>
      </Tabs>
      {tab === undefined && <RunJobs run={item} />}
      {(tab === 'artifacts' || tab === 'reports') && <Artifacts key={tab} run={item} only={tab} />}
      {tab === 'notices' && <Notices run={item.id} />}
      {tab === 'details' && (
        <Panel title="Arguments, with the defaults of parameters">
          <Values values={item.args} empty="This run has no arguments." />
        </Panel>
      )}
    </>
  );
}

/** How long the runs of this stage took in the last flows of its branch. */
function Usual({ run: item }: { run: RunView }) {
  const of = useQuery(flow(item.flow)).data;
  const last = useQuery({ ...lastRuns(of?.branch ?? '', of?.kind === 'dev' ? 'dev' : 'ci'), enabled: of !== undefined }).data;
  const usual = usualRunMs(item, last?.items ?? []);
  return usual === undefined ? '–' : <span title="the middle of the last runs of this stage that passed">{span(usual)}</span>;
}

function Counts({ run: { jobs } }: { run: RunView }) {
  const passed = jobs.completed - jobs.error;
  const words = [
    jobs.error > 0 && `${count(jobs.error)} failed`,
    passed > 0 && `${count(passed)} passed`,
    jobs.executing > 0 && `${count(jobs.executing)} running`,
    jobs.waiting > 0 && `${count(jobs.waiting)} waiting`,
  ].filter(Boolean);
  const label = words.length > 0 ? words.join(', ') : counted(jobs.total, 'job');
  return (
    <span className="row">
      {jobs.total > 0 && (
        <Meter
          label={label}
          parts={[
            { look: 'failed', value: jobs.error },
            { look: 'passed', value: passed },
            { look: 'running', value: jobs.executing },
            { look: 'queued', value: jobs.waiting },
          ]}
        />
      )}
      {label}
    </span>
  );
}

function Artifacts({ run: item, only }: { run: RunView; only: 'artifacts' | 'reports' }) {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const files = useQuery(runArtifacts(item.id));
  const of = useQuery(flow(item.flow)).data;
  const Files = only === 'reports' ? Reports : ArtifactTable;
  return (
    <div className="stack">
      <Removed what="artifacts" of={item.flow} made={item} />
      <Panel flush>
        <Query of={files}>
          {({ items, cut }) => (
            <Files
              files={items}
              cut={cut}
              gone={lossOf(item, of?.without_artifacts_since) !== undefined}
              sort={sort}
              onSort={(next) => void navigate({ search: (now) => ({ ...now, sort: next }), replace: true, resetScroll: false })}
            />
          )}
        </Query>
      </Panel>
    </div>
  );
}
