import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { FlowView, StageView } from '../../api/generated/types.gen.ts';
import { Empty } from '../../parts/Panel.tsx';
import { StateBadge, StateIcon } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { count } from '../../words/amounts.ts';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import type { Mark } from '../../words/marks.ts';
import { flowState, runState } from '../../words/states.ts';
import { Outside, Sha } from '../shared/ChangeLine.tsx';
import { MarkTag } from '../shared/MarkTag.tsx';
import { useFlows } from '../shared/useFlows.ts';
import { columnNames } from './columns.ts';
import { type FlowFilter, markedFlows, type MarkedFlow, runOf, shownFlows } from './marked.ts';

function Change({ flow }: { flow: FlowView }) {
  const brief = readBrief(flow.change);
  if (!brief) return <span className="muted clip">{flow.started_by ?? ''}</span>;
  const { subject, sha, by, url, pull } = brief;
  return (
    <span className="row" title={[subject, by && `by ${by}`].filter(Boolean).join(', ')}>
      {pull !== undefined && <Outside to={url}>#{pull}</Outside>}
      <bdi className="clip grow">{subject ?? by ?? ''}</bdi>
      {sha !== undefined && <Sha sha={sha} to={pull === undefined ? url : undefined} />}
    </span>
  );
}

/** Before the stages, however many those are: what is read first is in sight. Six stages fit beside it at 1440 px. */
const LEFT: Column<MarkedFlow>[] = [
  {
    id: 'flow',
    title: 'Flow',
    cell: ({ flow }) => (
      <Link to="/flows/$flow" params={{ flow: flow.id }} className="clip" title={called(flow.label)}>
        <bdi>{called(flow.label)}</bdi>
      </Link>
    ),
    width: '60px',
  },
  {
    id: 'state',
    title: 'State',
    cell: ({ flow, mark }) => (
      <span className="row">
        <StateBadge state={flowState(flow)} />
        {mark && <MarkTag mark={mark} />}
      </span>
    ),
    width: '176px',
  },
  { id: 'took', title: 'Took', cell: ({ flow }) => <Span from={flow.created_at} to={flow.completed_at} />, width: '80px', right: true },
  { id: 'started', title: 'Started', cell: ({ flow }) => <span className="muted small"><Ago at={flow.created_at} /></span>, width: '80px', right: true, spare: true },
];
const CHANGE: Column<MarkedFlow> = { id: 'change', title: 'Change', cell: ({ flow }) => <Change flow={flow} />, width: '172px', spare: true };
const SOURCE: Column<MarkedFlow> = { id: 'source', title: 'Branch', cell: ({ flow }) => <bdi className="clip mono" title={flow.branch_name}>{flow.branch_name}</bdi>, width: '140px', spare: true };
const TURNED: Record<Mark, string> = { broke: '▼', mended: '▲' };

function Cell({ of: { flow, stages }, stage }: { of: MarkedFlow; stage: string }) {
  const run = runOf(flow, stage);
  if (!run) return <span className="muted" aria-label={flow.runs ? 'not started' : 'loading'}>{flow.runs ? '·' : ''}</span>;
  const [state, mark] = [runState(run), stages.get(stage)];
  const waits = run.jobs.waiting > 0 && run.completed_at == null;
  const label = `${stage}: ${state.word}${mark ? `, ${mark}` : ''}${run.jobs.error > 0 ? `, ${run.jobs.error} of ${run.jobs.total} jobs failed` : ''}${waits ? `, ${run.jobs.waiting} waiting` : ''}`;
  return (
    <Link to="/runs/$run" params={{ run: run.id }} className={`cell look-${state.look}`} title={label} preload={false}>
      <StateIcon look={state.look} />
      <span className="visually-hidden">{label} </span>
      {state.look === 'manual' && <span className="clip">manual</span>}
      {state.look === 'queued' && <span className="clip">{run.jobs.waiting > 0 ? `${count(run.jobs.waiting)} queued` : state.word.toLowerCase()}</span>}
      {state.look !== 'manual' && state.look !== 'queued' && <Span from={run.started_at} to={run.completed_at} />}
      {mark && <span className="cell-mark" aria-hidden="true">{TURNED[mark]}</span>}
    </Link>
  );
}

interface Props {
  flows: readonly FlowView[];
  stages: readonly StageView[];
  /** The branch's own name in the repositories: a column says where flows build another. */
  usual: string;
  state: FlowFilter | undefined;
  text: string | undefined;
}

const columnsOf = (stages: string, changes: boolean, sources: boolean): Column<MarkedFlow>[] => [
  ...LEFT,
  ...(changes ? [CHANGE] : []),
  ...stages
    .split('\n')
    .filter(Boolean)
    .map((stage): Column<MarkedFlow> => ({ id: `stage:${stage}`, title: stage, cell: (of) => <Cell of={of} stage={stage} />, width: '103px' })),
  ...(sources ? [SOURCE] : []),
];

export function FlowGrid({ flows, stages, usual, state, text }: Props) {
  const whole = useFlows(flows);
  const names = columnNames(
    stages,
    whole.flatMap((flow) => flow.runs?.map((run) => run.stage_name) ?? []),
  );
  const rows = shownFlows(markedFlows(whole, names), state, text);
  const key = names.join('\n');
  const changes = flows.some((flow) => flow.change);
  const sources = flows.some((flow) => flow.branch_name !== usual);
  const columns = useMemo(() => columnsOf(key, changes, sources), [key, changes, sources]);
  return (
    <div className="scroll-x" role="region" aria-label="Flows and stages" tabIndex={0}>
      <Table label="Flows" columns={columns} rows={rows} rowKey={({ flow }) => flow.id} empty={<Empty>None of the {count(flows.length)} flows read so far is like that.</Empty>} />
    </div>
  );
}
