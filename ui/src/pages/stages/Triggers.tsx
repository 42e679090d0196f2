import { Link } from '@tanstack/react-router';

import type { StageView } from '../../api/generated/types.gen.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { full } from '../../words/time.ts';

/** What starts a stage by the clock: when next, and what came of it last. */
export function Triggers({ stage }: { stage: StageView }) {
  const triggers = stage.triggers ?? [];
  if (triggers.length === 0) return null;
  return (
    <Panel title="Triggers" flush>
      <ul className="lines">
        {triggers.map((trigger, index) => (
          <li key={index} className="line-row">
            <Tag>{trigger.kind}</Tag>
            <span className="line-main">
              {trigger.next_due ? (
                <span>
                  next <Ago at={trigger.next_due} /> <span className="muted">{full(trigger.next_due)}</span>
                </span>
              ) : (
                <span className="muted">never again</span>
              )}
            </span>
            <span className="line-more muted">
              {trigger.last_due && (
                <span>
                  last <Ago at={trigger.last_due} />
                  {trigger.last_skipped === true && ', passed over: it was more than an hour late'}
                </span>
              )}
              {trigger.last_flow && (
                <Link to="/flows/$flow" params={{ flow: trigger.last_flow }}>
                  its flow
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
