import { Link } from '@tanstack/react-router';

import { Panel } from '../../parts/Panel.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { StateBadge, StateIcon } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { flowState, isFlowOver, runState } from '../../words/states.ts';
import { useFlows } from '../shared/useFlows.ts';
import { BranchLink, type Watched } from './HomePage.tsx';
import { called } from '../../words/labels.ts';

export function RunningNow({ branches, loaded }: { branches: readonly Watched[]; loaded: boolean }) {
  const open = branches.flatMap((item) => item.flows.filter((flow) => !isFlowOver(flow)).map((flow) => ({ ...item, flow })));
  const flows = useFlows(open.map(({ flow }) => flow));
  return (
    <Panel title="Running now" flush>
      {!loaded && open.length === 0 && <Skeleton rows={2} />}
      {loaded && open.length === 0 && <p className="panel-note muted">Nothing runs.</p>}
      <ul className="lines">
        {open.map(({ project, branch, flow }, index) => {
          const whole = flows[index] ?? flow;
          return (
            <li key={flow.id} className="line-row">
              <StateBadge state={flowState(whole)} />
              <span className="line-main">
                <BranchLink project={project} branch={branch} />{' '}
                <Link to="/flows/$flow" params={{ flow: flow.id }}>
                  flow {called(flow.label)}
                </Link>
              </span>
              <span className="line-more">
                {whole.runs?.map((run) => (
                  <Link key={run.id} to="/runs/$run" params={{ run: run.id }} className="row">
                    <StateIcon look={runState(run).look} label={runState(run).word} />
                    <bdi className="clip">{run.stage_name}</bdi>
                  </Link>
                ))}
              </span>
              <span className="muted small line-end">
                <Span from={flow.created_at} to={whole.completed_at} />
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
