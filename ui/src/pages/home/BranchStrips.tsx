import { counted } from '../../words/amounts.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Ago } from '../../parts/Time.tsx';
import { FlowStrip } from '../shared/FlowStrip.tsx';
import { useFlows } from '../shared/useFlows.ts';
import { BranchLink, type Watched } from './HomePage.tsx';

export function BranchStrips({ branches, left }: { branches: readonly Watched[]; left: number }) {
  return (
    <Panel title="Branches" aside={<span className="small muted">the last flows, newest at the right</span>} flush>
      <ul className="lines">
        {branches.map((item) => (
          <BranchLine key={item.branch.id} item={item} />
        ))}
      </ul>
      {left > 0 && <p className="panel-note small muted">{counted(left, 'branch', 'branches')} more: open their projects, or press Ctrl K.</p>}
    </Panel>
  );
}

function BranchLine({ item: { project, branch, flows } }: { item: Watched }) {
  const whole = useFlows(flows);
  const newest = flows[0];
  return (
    <li className="line-row">
      <span className="line-main">
        <BranchLink project={project} branch={branch} />
      </span>
      <span className="line-strip">
        <FlowStrip flows={whole} />
      </span>
      <span className="muted small line-end">{newest ? <Ago at={newest.created_at} /> : 'no flows yet'}</span>
    </li>
  );
}
