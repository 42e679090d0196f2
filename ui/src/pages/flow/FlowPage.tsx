// A flow: how it stands, why it waits, its stages as a graph, and where the time went.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow, flowArtifacts, stages } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { Tabs, TabText } from '../../parts/Tabs.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { flowState } from '../../words/states.ts';
import { ArtifactTable } from '../shared/ArtifactTable.tsx';
import { Values } from '../shared/Values.tsx';
import { FlowActions } from './FlowActions.tsx';
import { Timeline } from './Timeline.tsx';
import { WhyWaiting } from './WhyWaiting.tsx';
import { called } from '../../words/labels.ts';

const route = getRouteApi('/flows/$flow');

/** Comes by itself: finding the places of the graph is most of this page's weight. */
const StageGraph = lazy(async () => ({ default: (await import('./StageGraph.tsx')).StageGraph }));

export function FlowPage() {
  const { flow: id } = route.useParams();
  useLive([`flow:${id}`]);
  const found = useQuery(flow(id));
  useTitle(found.data && `Flow ${called(found.data.label)}`);
  return (
    <div className="page page-wide">
      <PageQuery of={found} what="Flow">
        {(data) => <Flow flow={data} />}
      </PageQuery>
    </div>
  );
}

function Flow({ flow: item }: { flow: FlowView }) {
  const { tab } = route.useSearch();
  return (
    <>
      <PageHead state={flowState(item)} title={<>Flow <bdi>{called(item.label)}</bdi></>} actions={<FlowActions flow={item} />}>
        <Facts
          facts={[
            ['Branch', <bdi key="branch" className="mono">{item.branch_name}</bdi>],
            ['Kind', item.kind.toUpperCase()],
            ['Started', <Ago key="started" at={item.created_at} />],
            [item.completed_at ? 'Took' : 'So far', <Span key="took" from={item.created_at} to={item.completed_at} />],
            ['Because', because(item)],
            ['Number', `${item.sequence} in the branch, ${item.own_sequence} of its kind`],
          ]}
        />
      </PageHead>
      <Tabs label="Parts of the flow">
        <Link to="." search={{}} className="tab" activeOptions={{ exact: true }} data-here={tab === undefined ? '' : undefined}>
          <TabText>Overview</TabText>
        </Link>
        <Link to="." search={{ tab: 'artifacts' }} className="tab" data-here={tab === 'artifacts' ? '' : undefined}>
          <TabText>Artifacts</TabText>
        </Link>
        <Link to="." search={{ tab: 'data' }} className="tab" data-here={tab === 'data' ? '' : undefined}>
          <TabText amount={Object.keys(item.args).length || undefined}>Arguments</TabText>
        </Link>
      </Tabs>
      {tab === undefined && <Overview flow={item} />}
      {tab === 'artifacts' && <Artifacts id={item.id} />}
      {tab === 'data' && (
        <Panel title="Arguments">
          <Values values={item.args} empty="This flow was started without arguments." />
        </Panel>
      )}
    </>
  );
}

const TRIGGERS: Record<string, string> = { interval: 'its time came', date: 'its time came', cron: 'its time came', repo: 'there were commits' };

/** Why there is this flow; nothing from a server that does not say. */
function because({ reason, trigger_stage: stage }: FlowView): string | undefined {
  if (reason === undefined) return undefined;
  if (reason === 'person') return 'somebody started it';
  return `${TRIGGERS[reason] ?? reason}${stage ? `, says ${stage}` : ''}`;
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
            <StageGraph runs={item.runs ?? []} stages={known.data?.items ?? []} />
          </Suspense>
        )}
      </Panel>
      <Panel title={<>Timeline <span className="muted small">thin: waiting for an agent, thick: running</span></>}>
        <Timeline flow={item} />
      </Panel>
    </div>
  );
}

function Artifacts({ id }: { id: string }) {
  const files = useQuery(flowArtifacts(id));
  return (
    <Panel flush>
      <Query of={files}>{({ items, cut }) => <ArtifactTable files={items} cut={cut} />}</Query>
    </Panel>
  );
}
