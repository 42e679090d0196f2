import { Empty } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import type { FieldKind, StepField } from '../stages/step.ts';

const KINDS: Record<FieldKind, string> = {
  text: 'text',
  name: 'text',
  scalar: 'number',
  flag: 'True or False',
  choice: 'one of',
  list: 'list of texts',
  'one-or-many': 'text, or a list of texts',
  map: 'names and values',
  other: 'anything',
};

export function ToolFields({ label, fields }: { label: string; fields: readonly StepField[] }) {
  if (fields.length === 0) return <Empty>It has no fields of its own.</Empty>;
  return (
    <ul className="lines" aria-label={label}>
      {fields.map((field) => (
        <li key={field.key} className="line-row tool-field">
          <span className="tool-key">
            <code>{field.key}</code>
            {field.required && <Tag look="tests">needed</Tag>}
          </span>
          <span className="line-main wrap-any">{field.about}</span>
          <span className="line-more small muted wrap-any">
            {KINDS[field.kind]}
            {field.choices.length > 0 && ` ${field.choices.join(', ')}`}
            {field.example !== undefined && (
              <span>
                such as <code>{field.example}</code>
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
