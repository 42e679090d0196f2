import type { BranchOverview } from '../../api/generated/types.gen.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { isFlowOver } from '../../words/states.ts';
import { FlowStrip } from '../shared/FlowStrip.tsx';
import { Star } from '../shared/Star.tsx';
import { BranchLink } from './HomePage.tsx';

/** Others are in their projects. */
const SHOWN = 60;

const newest = (branch: BranchOverview) => branch.flows[0]?.created_at ?? '';

/** The branches with a star, the newest star first. */
export function MyBranches({ branches, stars }: { branches: readonly BranchOverview[]; stars: readonly string[] }) {
  const mine = stars.flatMap((id) => branches.find((branch) => branch.id === id) ?? []);
  if (mine.length === 0) return null;
  return (
    <Panel title="My branches" aside={<span className="small muted">starred in this browser</span>} flush>
      <ul className="lines">
        {mine.map((branch) => (
          <BranchLine key={branch.id} branch={branch} />
        ))}
      </ul>
    </Panel>
  );
}

/** Branches by their newest flow, those where nothing ran yet at the end. */
export function BranchStrips({ branches, cut }: { branches: readonly BranchOverview[]; cut: boolean }) {
  const ordered = [...branches].sort((one, other) => (newest(one) < newest(other) ? 1 : newest(one) > newest(other) ? -1 : 0));
  const left = ordered.length - SHOWN;
  return (
    <Panel title="Branches" aside={<span className="small muted">the last flows, newest at the right</span>} flush>
      <ul className="lines">
        {ordered.slice(0, SHOWN).map((branch) => (
          <BranchLine key={branch.id} branch={branch} />
        ))}
      </ul>
      {(left > 0 || cut) && (
        <p className="panel-note small muted">
          {left > 0 ? counted(left, 'more branch', 'more branches') : 'More branches'}
          {cut && left > 0 && ', and others that were not read'}: open their projects, or press Ctrl K.
        </p>
      )}
    </Panel>
  );
}

function BranchLine({ branch }: { branch: BranchOverview }) {
  const last = branch.flows[0];
  const over = branch.flows.find(isFlowOver);
  return (
    <li className="line-row">
      <span className="line-main">
        <Star branch={branch.id} name={branch.name} />
        <BranchLink branch={branch} />
      </span>
      <span className="line-strip">
        <FlowStrip flows={branch.flows} />
      </span>
      <span className="muted small line-end" title="how long the last flow took that is over">{over && <Span from={over.created_at} to={over.completed_at} />}</span>
      <span className="muted small line-end">{last ? <Ago at={last.created_at} /> : 'no flows yet'}</span>
    </li>
  );
}
