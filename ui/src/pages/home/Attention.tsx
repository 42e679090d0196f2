import { Link } from '@tanstack/react-router';

import { Panel } from '../../parts/Panel.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { flowState, isFlowOver } from '../../words/states.ts';
import { useFlows } from '../shared/useFlows.ts';
import { BranchLink, type Watched } from './HomePage.tsx';
import { called } from '../../words/labels.ts';

/** Branches whose newest flow failed or is failing, and runs that wait for a person. */
export function Attention({ branches, loaded }: { branches: readonly Watched[]; loaded: boolean }) {
  const candidates = branches.flatMap((item) => {
    // What decides is the newest flow that is over; one that runs may fail already, or wait for somebody.
    const over = item.flows.find(isFlowOver);
    const open = item.flows.filter((flow) => !isFlowOver(flow));
    return [...open, ...(over ? [over] : [])].map((flow) => ({ ...item, flow }));
  });
  const flows = useFlows(candidates.map(({ flow }) => flow));
  const rows = candidates.flatMap((item, index) => {
    const flow = flows[index];
    if (!flow) return [];
    const state = flowState(flow);
    const manual = flow.runs?.filter((run) => run.state === 'manual') ?? [];
    return state.look === 'failed' || manual.length > 0 ? [{ ...item, flow, state, manual }] : [];
  });
  return (
    <Panel title="Needs attention" flush>
      {!loaded && rows.length === 0 && <Skeleton rows={2} />}
      {loaded && rows.length === 0 && <p className="panel-note muted">Nothing: no branch is broken, and nothing waits for a person.</p>}
      <ul className="lines">
        {rows.map(({ project, branch, flow, state, manual }) => (
          <li key={flow.id} className="line-row">
            <StateBadge state={state} />
            <span className="line-main">
              <BranchLink project={project} branch={branch} />{' '}
              <Link to="/flows/$flow" params={{ flow: flow.id }}>
                flow {called(flow.label)}
              </Link>
            </span>
            <span className="line-more wrap-any">
              {flow.runs
                ?.filter((run) => run.jobs.error > 0)
                .map((run) => (
                  <Link key={run.id} to="/runs/$run" params={{ run: run.id }} search={{ state: 'failed' }}>
                    {run.jobs.error} failed in <bdi>{run.stage_name}</bdi>
                  </Link>
                ))}
              {manual.map((run) => (
                <Link key={run.id} to="/runs/$run" params={{ run: run.id }}>
                  <bdi>{run.stage_name}</bdi> waits for somebody to start it
                </Link>
              ))}
            </span>
            <span className="muted small line-end">
              <Ago at={flow.completed_at ?? flow.created_at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
