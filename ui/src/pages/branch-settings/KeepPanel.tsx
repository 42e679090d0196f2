import { TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { type Draft, type Field, FIELDS, keepOf, told, toldBeside, wrongLimit } from './retention.ts';

const LABELS: Record<Field, { label: string; empty: string }> = {
  days: { label: 'Days after it completed', empty: 'not by age' },
  flows: { label: 'Or among the newest', empty: 'not by number' },
  logs_days: { label: 'Days its logs stay', empty: 'as long as the flow' },
  artifacts_days: { label: 'Days its artifacts stay', empty: 'as long as the flow' },
};

/** How long flows of one kind are kept: the numbers, and what they mean. */
export function KeepPanel({ kind, draft, readOnly, onChange }: { kind: 'CI' | 'DEV'; draft: Draft; readOnly: boolean; onChange: (draft: Draft) => void }) {
  const wrong = FIELDS.some((field) => wrongLimit(field, draft[field]) !== undefined);
  const keep = keepOf(draft);
  return (
    <Panel title={`A ${kind} flow is kept`}>
      <div className="stack">
        <div className="pair">
          {FIELDS.map((field) => (
            <TextField
              key={field}
              label={LABELS[field].label}
              inputMode="numeric"
              placeholder={LABELS[field].empty}
              value={draft[field]}
              readOnly={readOnly}
              wrong={wrongLimit(field, draft[field])}
              onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
            />
          ))}
        </div>
        {!wrong && (
          <p className="muted">
            {told(kind, keep)} {toldBeside('Logs', keep.logs_days)} {toldBeside('Artifacts', keep.artifacts_days)}
          </p>
        )}
      </div>
    </Panel>
  );
}
