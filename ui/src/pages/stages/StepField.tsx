import { SelectField, TextArea, TextField } from '../../parts/Fields.tsx';
import type { StepField as Field } from './step.ts';

const FLAGS = ['', 'True', 'False'];
const HINTS: Partial<Record<Field['kind'], string>> = { list: 'One per line.', 'one-or-many': 'One per line.', map: 'NAME=value, one per line.', other: 'Complete it in the code.' };

interface Props {
  field: Field;
  /** Fields of which one will do instead of it. */
  others?: readonly string[] | undefined;
  value: string;
  onChange: (value: string) => void;
}

/** One field of a step, in the form that fits its kind. */
export function StepField({ field, others = [], value, onChange }: Props) {
  const { key, about, kind, choices, example, required } = field;
  const label = required ? key : others.length > 0 ? `${key} (or ${others.join(' or ')})` : `${key} (optional)`;
  const hint = [about, HINTS[kind]].filter(Boolean).join(' ');
  if (kind === 'flag' || kind === 'choice') {
    const all = kind === 'flag' ? FLAGS : ['', ...choices];
    return <SelectField label={label} hint={hint} choices={all.map((item) => ({ value: item, label: item === '' ? '–' : item }))} value={value} onChoose={onChange} />;
  }
  if (kind === 'name' || kind === 'scalar' || kind === 'other') {
    return <TextField label={label} hint={hint} className="mono" placeholder={example} value={value} onChange={(event) => onChange(event.target.value)} />;
  }
  return <TextArea label={label} hint={hint} className="textarea-line" rows={Math.min(8, Math.max(kind === 'text' ? 1 : 2, value.split('\n').length))} value={value} onChange={(event) => onChange(event.target.value)} />;
}
