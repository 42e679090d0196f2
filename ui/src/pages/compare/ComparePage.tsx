// Two flows beside each other: what came between them, and how each stage and job went then and now.
import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { flow, runJobs } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useLive } from '../../live/useLive.ts';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { called } from '../../words/labels.ts';
import { flowState, isFlowOver, isRunOver } from '../../words/states.ts';
import { Between } from './Between.tsx';
import { type JobsOf, parsePair, rowsOf } from './compare.ts';
import { CompareTable } from './CompareTable.tsx';

const route = getRouteApi('/compare/$pair');

/** Of larger flows only the stages are compared. */
const JOBS_MAX = 600;

export function ComparePage() {
  const { pair } = route.useParams();
  const ids = parsePair(pair);
  return (
    <div className="page page-wide">
      {ids ? (
        <Compare key={pair} older={ids[0]} newer={ids[1]} />
      ) : (
        <>
          <PageHead title="Compare two flows" />
          <Panel>
            <Empty>
              The address names two flows with two dots between them: <code>/compare/older..newer</code>. A flow’s page links to its comparison with the last that passed.
            </Empty>
          </Panel>
        </>
      )}
    </div>
  );
}

function Compare({ older, newer }: { older: string; newer: string }) {
  const one = useQuery({ ...flow(older), placeholderData: undefined });
  const other = useQuery({ ...flow(newer), placeholderData: undefined });
  const names = [one, other].map((found) => (found.data ? called(found.data.label) : '…'));
  useTitle(`Compare ${names.join(' and ')}`);
  useLive([one, other].flatMap((found) => (found.data && !isFlowOver(found.data) ? [`flow:${found.data.id}` as const] : [])));
  return (
    <>
      <PageHead
        title={
          <>
            Compare flow <bdi>{names[0]}</bdi> with <bdi>{names[1]}</bdi>
          </>
        }
        actions={
          <Link to="/compare/$pair" params={{ pair: `${newer}..${older}` }} search className="button button-plain">
            Swap
          </Link>
        }
      />
      <div className="stack">
        <div className="versions">
          {[one, other].map((found, index) => (
            <Panel key={index} title={index === 0 ? 'Then' : 'Now'}>
              <Query of={found} rows={2}>
                {(data) => <Head flow={data} />}
              </Query>
            </Panel>
          ))}
        </div>
        {one.data && other.data && <Both older={one.data} newer={other.data} />}
      </div>
    </>
  );
}

function Head({ flow: item }: { flow: FlowView }) {
  return (
    <div className="stack">
      <div className="row row-wrap">
        <StateBadge state={flowState(item)} />
        <Link to="/flows/$flow" params={{ flow: item.id }}>
          flow <bdi>{called(item.label)}</bdi>
        </Link>
      </div>
      <Facts
        facts={[
          ['Branch', <bdi key="branch" className="mono">{item.branch_name}</bdi>],
          ['Kind', item.kind.toUpperCase()],
          ['Started', <Ago key="started" at={item.created_at} />],
          [item.completed_at ? 'Took' : 'So far', <Span key="took" from={item.created_at} to={item.completed_at} />],
        ]}
      />
    </div>
  );
}

function Both({ older, newer }: { older: FlowView; newer: FlowView }) {
  const runs = [...(older.runs ?? []), ...(newer.runs ?? [])];
  const few = runs.reduce((sum, run) => sum + run.jobs.total, 0) <= JOBS_MAX;
  const asked = few ? runs : [];
  const lists = useQueries({ queries: asked.map((run) => ({ ...runJobs(run.id, JOBS_MAX), staleTime: isRunOver(run) ? 60_000 : 2000 })) });
  const jobs: JobsOf = (run) => lists[asked.indexOf(run)]?.data?.items;
  return (
    <>
      <Between older={older} newer={newer} />
      <CompareTable rows={rowsOf(older, newer, jobs)} note={few ? undefined : `Only stages: together the flows have more than ${JOBS_MAX} jobs.`} />
    </>
  );
}
