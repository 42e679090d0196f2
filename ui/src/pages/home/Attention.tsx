import { Link } from '@tanstack/react-router';

import type { BranchOverview, FlowView } from '../../api/generated/types.gen.ts';
import { Panel } from '../../parts/Panel.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { marks, verdictOf } from '../../words/marks.ts';
import { flowState, isFlowOver } from '../../words/states.ts';
import { MarkTag } from '../shared/MarkTag.tsx';
import { useFlows } from '../shared/useFlows.ts';
import { BranchLink } from './HomePage.tsx';

/** More are on the pages of their branches. */
const SHOWN = 30;

/** What decides is the newest flow that is over; one that runs may fail already, or wait for somebody. */
function candidates(branch: BranchOverview): FlowView[] {
  const over = branch.flows.find(isFlowOver);
  return branch.flows.filter((flow) => flow === over || !isFlowOver(flow));
}

/** Branches whose newest flow failed or is failing, and runs that wait for a person. */
export function Attention({ branches, dev }: { branches: readonly BranchOverview[]; dev: readonly BranchOverview[] }) {
  // A change that fails breaks no branch: of Dev flows only those that may wait for somebody.
  const changes = dev.flatMap((branch) => branch.flows.filter((flow) => !isFlowOver(flow)).map((flow) => ({ branch, flow, mark: undefined })));
  const asked = branches.flatMap((branch) => {
    const turned = marks(branch.flows, (flow) => verdictOf(flowState(flow).look), (flow) => `${flow.kind} ${flow.branch_name}`);
    return candidates(branch)
      .filter((flow) => !isFlowOver(flow) || flowState(flow).look !== 'passed')
      .map((flow) => ({ branch, flow, mark: turned[branch.flows.indexOf(flow)] }));
  });
  const found = [...asked, ...changes].filter(({ flow }) => !isFlowOver(flow) || flowState(flow).look === 'failed');
  // Whether an open flow needs somebody is only known once it was read: no more are read than are shown, those that failed before all others.
  const urgent = found.filter(({ flow }) => isFlowOver(flow));
  const read = new Set([...urgent, ...found.filter((item) => !urgent.includes(item))].slice(0, SHOWN));
  const all = found.filter((item) => read.has(item));
  const flows = useFlows(all.map(({ flow }) => flow));
  const rows = all.flatMap((item, index) => {
    const flow = flows[index] ?? item.flow;
    const state = flowState(flow);
    const manual = flow.runs?.filter((run) => run.state === 'manual') ?? [];
    return (state.look === 'failed' && flow.kind === 'ci') || manual.length > 0 ? [{ ...item, flow, state, manual }] : [];
  });
  return (
    <Panel title="Needs attention" flush>
      {rows.length === 0 && <p className="panel-note muted">Nothing: no branch is broken, and nothing waits for a person.</p>}
      <ul className="lines">
        {rows.map(({ branch, flow, state, manual, mark }) => (
          <li key={flow.id} className="line-row">
            <StateBadge state={state} />
            <span className="line-main">
              <BranchLink branch={branch} />{' '}
              <Link to="/flows/$flow" params={{ flow: flow.id }} className="clip">
                flow <bdi>{called(flow.label)}</bdi>
              </Link>
              {mark === 'broke' && <MarkTag mark={mark} />}
            </span>
            <span className="line-more wrap-any">
              {flow.runs
                ?.filter((run) => run.jobs.error > 0 && !run.covered_by)
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
      {found.length > all.length && <p className="panel-note small muted">{counted(found.length - all.length, 'more flow')} may need somebody: they are below, among the branches.</p>}
    </Panel>
  );
}
