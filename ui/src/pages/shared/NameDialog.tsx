// Making something that is little more than a name: a project, a branch, a group.
import { useState } from 'react';

import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';

export interface Field {
  id: string;
  label: string;
  hint?: string;
  required?: boolean;
}

interface Props {
  title: string;
  verb: string;
  fields: readonly Field[];
  open: boolean;
  onClose: () => void;
  make: (values: Record<string, string>) => Promise<unknown>;
}

export function NameDialog({ title, verb, fields, open, onClose, make }: Props) {
  const [values, setValues] = useState<Record<string, string>>({});
  const { busy, error, clear, submit, wrong } = useSubmit();
  const close = () => {
    setValues({});
    clear();
    onClose();
  };
  const go = async () => {
    if (await submit(() => make(values))) close();
  };
  const missing = fields.find((field) => field.required && !values[field.id]?.trim());
  return (
    <Dialog title={title} open={open} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !busy) void go();
        }}
      >
        <div className="dialog-body stack">
          {fields.map((field, index) => (
            <TextField
              key={field.id}
              label={field.label}
              hint={field.hint}
              value={values[field.id] ?? ''}
              autoFocus={index === 0}
              wrong={wrong(`/${field.id}`)}
              onChange={(event) => setValues({ ...values, [field.id]: event.target.value })}
            />
          ))}
          {error !== undefined && !fields.some((field) => wrong(`/${field.id}`)) && <ProblemNote error={error} />}
        </div>
        <footer className="dialog-foot">
          <Button onClick={close}>Cancel</Button>
          <Button look="main" type="submit" busy={busy} why={missing ? `${missing.label} is missing` : undefined}>
            {verb}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
