import { Link } from '@tanstack/react-router';

import type { RunView, StageView } from '../../api/generated/types.gen.ts';
import { StateIcon } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { runState, waitsBehind } from '../../words/states.ts';
import { layout, type Node, NODE_HEIGHT, NODE_WIDTH, waitsFor } from './graph.ts';

interface Props {
  runs: readonly RunView[];
  stages: readonly StageView[];
  /** Whether no further stage will start. */
  over: boolean;
}

export function StageGraph({ runs, stages, over }: Props) {
  if (runs.length === 0) return null;
  const graph = layout(runs, stages);
  return (
    <div className="scroll-x" role="region" aria-label="Stages" tabIndex={0}>
      <div className="graph" style={{ width: graph.width, height: graph.height }}>
        <svg width={graph.width} height={graph.height} aria-hidden="true" focusable="false">
          {graph.edges.map((edge) => (
            <path key={edge.key} d={edge.path} />
          ))}
        </svg>
        <ul>
          {graph.nodes.map((node) => (
            <li key={node.name} style={{ left: node.x, top: node.y, width: NODE_WIDTH, height: NODE_HEIGHT }}>
              {node.run ? <RunNode run={node.run} /> : <Later node={node} runs={runs} over={over} />}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function RunNode({ run }: { run: RunView }) {
  const state = runState(run);
  return (
    <Link to="/runs/$run" params={{ run: run.id }} className={`graph-node look-${state.look}`} title={run.stage_name}>
      <span className="row">
        <StateIcon look={state.look} label={state.word} />
        <bdi className="clip">{run.stage_name}</bdi>
      </span>
      <span className="small muted clip">
        {run.state === 'manual' ? 'waits for somebody' : waitsBehind(run) !== undefined ? 'waits for its turn' : counted(run.jobs.total, 'job')}
        {run.jobs.error > 0 && `, ${run.jobs.error} failed`}
        {run.started_at && (
          <>
            {' · '}
            <Span from={run.started_at} to={run.completed_at} />
          </>
        )}
      </span>
    </Link>
  );
}

/** A stage without a run yet: which of its parents it waits for, or that it never began. */
function Later({ node, runs, over }: { node: Node; runs: readonly RunView[]; over: boolean }) {
  const open = waitsFor(node.parents, runs);
  const why = over ? `did not start: ${open.join(', ') || 'the flow ended before'}` : `waits for ${open.join(', ') || 'its parents'}`;
  return (
    <div className="graph-node graph-later" title={`${node.name} ${why}`}>
      <span className="row">
        <StateIcon look={over ? 'cancelled' : 'idle'} label={over ? 'Did not start' : 'Not started'} />
        <bdi className="clip">{node.name}</bdi>
      </span>
      <span className="small muted clip">{why}</span>
    </div>
  );
}
