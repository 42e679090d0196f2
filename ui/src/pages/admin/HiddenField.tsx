import { Button } from '../../parts/Button.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { type Hidden, KEPT } from './settings-draft.ts';

interface Props {
  label: string;
  hint?: string;
  /** Whether the server has one. */
  set: boolean;
  hidden: Hidden;
  wrong: string | undefined;
  onChange: (hidden: Hidden) => void;
}

/** A secret of the settings: never shown; kept, replaced or removed. */
export function HiddenField({ label, hint, set, hidden, wrong, onChange }: Props) {
  if (hidden.how === 'new' || (!set && hidden.how === 'keep')) {
    return (
      <div className="stack">
        <TextField
          label={label}
          hint={hint}
          type="password"
          autoComplete="new-password"
          value={hidden.value}
          wrong={wrong}
          onChange={(event) => onChange(event.target.value === '' && !set ? KEPT : { how: 'new', value: event.target.value })}
        />
        {set && (
          <div>
            <Button look="quiet" onClick={() => onChange(KEPT)}>
              Keep the one before
            </Button>
          </div>
        )}
      </div>
    );
  }
  return (
    <div className="field" role="group" aria-label={label}>
      <span className="field-label">{label}</span>
      <div className="row row-wrap">
        <span className="muted">{hidden.how === 'none' ? 'goes when you save' : 'is set, and not shown'}</span>
        {hidden.how === 'none' ? (
          <Button look="quiet" onClick={() => onChange(KEPT)}>
            Keep it
          </Button>
        ) : (
          <>
            <Button onClick={() => onChange({ how: 'new', value: '' })}>Replace</Button>
            <Button look="quiet" onClick={() => onChange({ how: 'none', value: '' })}>
              Remove
            </Button>
          </>
        )}
      </div>
      {wrong && <p className="field-wrong small">{wrong}</p>}
    </div>
  );
}
