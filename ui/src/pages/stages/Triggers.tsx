import type { StageView } from '../../api/generated/types.gen.ts';
import { Panel } from '../../parts/Panel.tsx';
import { TriggerLine } from './TriggerLine.tsx';

/** What starts a stage by the clock and by commits. */
export function Triggers({ stage }: { stage: StageView }) {
  const triggers = stage.triggers ?? [];
  if (triggers.length === 0) return null;
  return (
    <Panel title="Triggers" flush>
      <ul className="lines">
        {triggers.map((trigger) => (
          <TriggerLine key={trigger.kind} trigger={trigger} />
        ))}
      </ul>
    </Panel>
  );
}
