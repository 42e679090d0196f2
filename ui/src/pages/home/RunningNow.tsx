import { Link } from '@tanstack/react-router';

import type { BranchOverview } from '../../api/generated/types.gen.ts';
import { Panel } from '../../parts/Panel.tsx';
import { StateBadge, StateIcon, Tag } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { flowState, isFlowOver, runState } from '../../words/states.ts';
import { useFlows } from '../shared/useFlows.ts';
import { BranchLink } from './HomePage.tsx';

/** More are on the pages of their branches. */
const SHOWN = 40;

export function RunningNow({ branches }: { branches: readonly BranchOverview[] }) {
  const open = branches.flatMap((branch) => branch.flows.filter((flow) => !isFlowOver(flow)).map((flow) => ({ branch, flow })));
  const shown = open.slice(0, SHOWN);
  const flows = useFlows(shown.map(({ flow }) => flow));
  return (
    <Panel title="Running now" flush>
      {open.length === 0 && <p className="panel-note muted">Nothing runs.</p>}
      <ul className="lines">
        {shown.map(({ branch, flow }, index) => {
          const whole = flows[index] ?? flow;
          const waiting = (whole.runs ?? []).reduce((sum, run) => sum + (run.completed_at == null ? run.jobs.waiting : 0), 0);
          return (
            <li key={flow.id} className="line-row">
              <StateBadge state={flowState(whole)} />
              <span className="line-main">
                <BranchLink branch={branch} />{' '}
                <Link to="/flows/$flow" params={{ flow: flow.id }} className="clip">
                  flow <bdi>{called(flow.label)}</bdi>
                </Link>
                {flow.kind === 'dev' && <Tag>DEV</Tag>}
              </span>
              <span className="line-more">
                {whole.runs?.map((run) => (
                  <Link key={run.id} to="/runs/$run" params={{ run: run.id }} className="row">
                    <StateIcon look={runState(run).look} label={runState(run).word} />
                    <bdi className="clip">{run.stage_name}</bdi>
                  </Link>
                ))}
                {waiting > 0 && <span className="muted small">{counted(waiting, 'job waits', 'jobs wait')}</span>}
              </span>
              <span className="muted small line-end">
                <Span from={flow.created_at} to={whole.completed_at} />
              </span>
            </li>
          );
        })}
      </ul>
      {open.length > SHOWN && <p className="panel-note small muted">{counted(open.length - SHOWN, 'flow')} more: open their branches.</p>}
    </Panel>
  );
}
