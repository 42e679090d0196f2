import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { FlowView, RunView, StageView } from '../../api/generated/types.gen.ts';
import { StateBadge, StateIcon, Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { count } from '../../words/amounts.ts';
import { flowState, runState } from '../../words/states.ts';
import { useFlows } from '../shared/useFlows.ts';
import { columnNames } from './columns.ts';
import { called } from '../../words/labels.ts';

const LEFT: Column<FlowView>[] = [
  {
    id: 'flow',
    title: 'Flow',
    cell: (flow) => (
      <Link to="/flows/$flow" params={{ flow: flow.id }} className="clip" title={called(flow.label)}>
        <bdi>{called(flow.label)}</bdi>
      </Link>
    ),
    width: '84px',
  },
  { id: 'state', title: 'State', cell: (flow) => <StateBadge state={flowState(flow)} />, width: '136px' },
];
const RIGHT: Column<FlowView>[] = [
  { id: 'kind', title: 'Kind', cell: (flow) => <Tag>{flow.kind.toUpperCase()}</Tag>, width: '64px', spare: true },
  { id: 'source', title: 'Branch', cell: (flow) => <bdi className="clip mono" title={flow.branch_name}>{flow.branch_name}</bdi>, width: '140px', spare: true },
  { id: 'took', title: 'Took', cell: (flow) => <Span from={flow.created_at} to={flow.completed_at} />, width: '92px', right: true },
  { id: 'started', title: 'Started', cell: (flow) => <span className="muted small"><Ago at={flow.created_at} /></span>, width: '96px', right: true, spare: true },
];

/** The newest run of a stage in a flow: stages that were started again have several. */
function runOf(flow: FlowView, stage: string): RunView | undefined {
  return flow.runs?.findLast((run) => run.stage_name === stage);
}

function Cell({ flow, stage }: { flow: FlowView; stage: string }) {
  const run = runOf(flow, stage);
  if (!run) return <span className="muted" aria-label={flow.runs ? 'not started' : 'loading'}>{flow.runs ? '·' : ''}</span>;
  const state = runState(run);
  const waits = run.jobs.waiting > 0 && run.completed_at == null;
  const label = `${stage}: ${state.word}${run.jobs.error > 0 ? `, ${run.jobs.error} of ${run.jobs.total} jobs failed` : ''}${waits ? `, ${run.jobs.waiting} waiting` : ''}`;
  return (
    <Link to="/runs/$run" params={{ run: run.id }} className={`cell look-${state.look}`} title={label} preload={false}>
      <StateIcon look={state.look} />
      <span className="visually-hidden">{label} </span>
      {state.look === 'manual' && <span className="clip">manual</span>}
      {state.look === 'queued' && <span className="clip">{count(run.jobs.waiting)} queued</span>}
      {state.look !== 'manual' && state.look !== 'queued' && <Span from={run.started_at} to={run.completed_at} />}
    </Link>
  );
}

export function FlowGrid({ flows, stages }: { flows: readonly FlowView[]; stages: readonly StageView[] }) {
  const whole = useFlows(flows);
  const names = columnNames(
    stages,
    whole.flatMap((flow) => flow.runs?.map((run) => run.stage_name) ?? []),
  );
  const key = names.join('\n');
  const columns = useMemo(
    () => [
      ...LEFT,
      ...key.split('\n').filter(Boolean).map((stage): Column<FlowView> => ({ id: `stage:${stage}`, title: stage, cell: (flow) => <Cell flow={flow} stage={stage} />, width: '112px' })),
      ...RIGHT,
    ],
    [key],
  );
  return (
    <div className="scroll-x" role="region" aria-label="Flows and stages" tabIndex={0}>
      <Table label="Flows" columns={columns} rows={whole} rowKey={(flow) => flow.id} empty={null} />
    </div>
  );
}
