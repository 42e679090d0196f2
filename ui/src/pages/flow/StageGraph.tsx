import { Link } from '@tanstack/react-router';

import type { RunView, StageView } from '../../api/generated/types.gen.ts';
import { StateIcon } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { runState } from '../../words/states.ts';
import { layout, type Node, NODE_HEIGHT, NODE_WIDTH } from './graph.ts';

export function StageGraph({ runs, stages }: { runs: readonly RunView[]; stages: readonly StageView[] }) {
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
              {node.run ? <RunNode run={node.run} /> : <Later node={node} />}
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
        {run.state === 'manual' ? 'waits for somebody' : counted(run.jobs.total, 'job')}
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

function Later({ node }: { node: Node }) {
  return (
    <div className="graph-node graph-later" title={node.name}>
      <span className="row">
        <StateIcon look="idle" label="Not started" />
        <bdi className="clip">{node.name}</bdi>
      </span>
      <span className="small muted clip">waits for {node.parents.join(', ')}</span>
    </div>
  );
}
