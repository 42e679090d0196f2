// Form fields: label, control, hint and what is wrong with it, tied together for screen readers.
import { useId } from 'react';

interface Shared {
  label: string;
  hint?: React.ReactNode;
  wrong?: string | undefined;
  hideLabel?: boolean;
}

function Frame({ label, hint, wrong, hideLabel, id, children }: Shared & { id: string; children: React.ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="small muted">
          {hint}
        </p>
      )}
      {wrong && (
        <p id={`${id}-wrong`} className="field-wrong small">
          {wrong}
        </p>
      )}
    </div>
  );
}

const described = (id: string, { hint, wrong }: Shared) =>
  [hint ? `${id}-hint` : '', wrong ? `${id}-wrong` : ''].filter(Boolean).join(' ') || undefined;

export function TextField({ label, hint, wrong, hideLabel, className = '', ...rest }: Shared & Omit<React.ComponentProps<'input'>, 'id'>) {
  const id = useId();
  return (
    <Frame {...{ label, hint, wrong, hideLabel, id }}>
      <input id={id} className={`input ${className}`} aria-invalid={wrong ? true : undefined} aria-describedby={described(id, { label, hint, wrong })} autoComplete="off" spellCheck={false} {...rest} />
    </Frame>
  );
}

/** Text of several lines. `veiled`: its characters are not shown. */
export function TextArea({ label, hint, wrong, hideLabel, veiled, className = '', ...rest }: Shared & { veiled?: boolean } & Omit<React.ComponentProps<'textarea'>, 'id'>) {
  const id = useId();
  return (
    <Frame {...{ label, hint, wrong, hideLabel, id }}>
      <textarea id={id} className={`input textarea ${veiled ? 'veiled' : ''} ${className}`} rows={3} aria-invalid={wrong ? true : undefined} aria-describedby={described(id, { label, hint, wrong })} autoComplete="off" spellCheck={false} {...rest} />
    </Frame>
  );
}

export interface Choice<T extends string> {
  value: T;
  label: string;
}

export function SelectField<T extends string>({ label, hint, wrong, hideLabel, choices, value, onChoose }: Shared & { choices: readonly Choice<T>[]; value: T; onChoose: (value: T) => void }) {
  const id = useId();
  return (
    <Frame {...{ label, hint, wrong, hideLabel, id }}>
      <select id={id} className="input select" value={value} aria-describedby={described(id, { label, hint, wrong })} onChange={(event) => onChoose(event.target.value as T)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Checkbox({ label, hint, ...rest }: { label: React.ReactNode; hint?: string } & Omit<React.ComponentProps<'input'>, 'id' | 'type'>) {
  const id = useId();
  return (
    <div className="check">
      <input id={id} type="checkbox" aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p id={`${id}-hint`} className="small muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** A few choices side by side, one of them chosen: filters, kinds. */
export function Segments<T extends string>({ label, choices, value, onChoose }: { label: string; choices: readonly Choice<T>[]; value: T; onChoose: (value: T) => void }) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" aria-pressed={choice.value === value} onClick={() => onChoose(choice.value)}>
          {choice.label}
        </button>
      ))}
    </div>
  );
}
