// A flow: how it stands, why it waits, its stages as a graph, where the time went, and what is different.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow, flowArtifacts, stages } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { Tabs, TabText } from '../../parts/Tabs.tsx';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import { lossOf } from '../../words/retention.ts';
import { isFlowOver } from '../../words/states.ts';
import { ArtifactTable } from '../shared/ArtifactTable.tsx';
import { Removed } from '../shared/Removed.tsx';
import { Reports } from '../shared/Reports.tsx';
import { Values } from '../shared/Values.tsx';
import { Changes } from './Changes.tsx';
import { FlowHead } from './FlowHead.tsx';
import { Since } from './Since.tsx';
import { Timeline } from './Timeline.tsx';
import { WhyWaiting } from './WhyWaiting.tsx';

const route = getRouteApi('/flows/$flow');

/** Comes by itself: finding the places of the graph is most of this page's weight. */
const StageGraph = lazy(async () => ({ default: (await import('./StageGraph.tsx')).StageGraph }));
/** Few look at it. */
const FlowData = lazy(async () => ({ default: (await import('./FlowData.tsx')).FlowData }));

export function FlowPage() {
  const { flow: id } = route.useParams();
  const found = useQuery(flow(id));
  useLive(found.data?.id === id ? [`flow:${id}`] : []);
  useTitle(found.data && `Flow ${called(found.data.label)}`);
  return (
    <div className="page page-wide">
      <PageQuery of={found} what="Flow">
        {(data) => <Flow key={data.id} flow={data} />}
      </PageQuery>
    </div>
  );
}

function Flow({ flow: item }: { flow: FlowView }) {
  const { tab } = route.useSearch();
  const commits = readBrief(item.change)?.commits;
  const tabs = [
    [undefined, 'Overview', undefined],
    ['changes', 'Changes', commits],
    ['artifacts', 'Artifacts', undefined],
    ['reports', 'Reports', undefined],
    ['arguments', 'Arguments', Object.keys(item.args).length || undefined],
    ['data', 'Data', undefined],
  ] as const;
  return (
    <>
      <FlowHead flow={item} />
      <Tabs label="Parts of the flow">
        {tabs.map(([name, title, amount]) => (
          <Link key={title} to="." search={name === undefined ? {} : { tab: name }} className="tab" data-here={tab === name ? '' : undefined} aria-current={tab === name ? 'page' : undefined}>
            <TabText amount={amount}>{title}</TabText>
          </Link>
        ))}
      </Tabs>
      {tab === undefined && <Overview flow={item} />}
      {tab === 'changes' && <Changes flow={item} />}
      {(tab === 'artifacts' || tab === 'reports') && <Artifacts key={tab} flow={item} only={tab} />}
      {tab === 'arguments' && (
        <Panel title="Arguments">
          <Values values={item.args} empty="This flow was started without arguments." />
        </Panel>
      )}
      {tab === 'data' && (
        <Suspense fallback={<Skeleton rows={6} label="Data" />}>
          <FlowData flow={item} />
        </Suspense>
      )}
    </>
  );
}

function Overview({ flow: item }: { flow: FlowView }) {
  const known = useQuery(stages(item.branch));
  return (
    <div className="stack">
      <WhyWaiting flow={item} />
      <Panel title="Stages" flush>
        {item.runs?.length === 0 ? (
          <Empty>No stage was started: each root stage that is enabled gets a run when a flow starts.</Empty>
        ) : (
          <Suspense fallback={<Skeleton rows={2} label="Stages" />}>
            <StageGraph runs={item.runs ?? []} stages={known.data?.items ?? []} over={isFlowOver(item)} />
          </Suspense>
        )}
      </Panel>
      <div className="beside">
        <Panel title={<>Timeline <span className="muted small">thin: waiting, thick: running</span></>}>
          <Timeline flow={item} />
        </Panel>
        <Since flow={item} />
      </div>
    </div>
  );
}

function Artifacts({ flow: item, only }: { flow: FlowView; only: 'artifacts' | 'reports' }) {
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const files = useQuery(flowArtifacts(item.id));
  const Files = only === 'reports' ? Reports : ArtifactTable;
  return (
    <div className="stack">
      <Removed what="artifacts" of={item.id} made={item} />
      <Panel flush>
        <Query of={files}>
          {({ items, cut }) => (
            <Files
              files={items}
              cut={cut}
              gone={lossOf(item, item.without_artifacts_since) !== undefined}
              sort={sort}
              onSort={(next) => void navigate({ search: (now) => ({ ...now, sort: next }), replace: true, resetScroll: false })}
            />
          )}
        </Query>
      </Panel>
    </div>
  );
}
