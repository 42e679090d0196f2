import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { forkBranch } from '../../api/branch-settings.ts';
import type { Numbering } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { useHere } from './here.ts';

const NUMBERINGS: { value: Numbering; label: string }[] = [
  { value: 'restart', label: 'begin with 1' },
  { value: 'continue', label: 'go on from this branch’s' },
];

export function ForkDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { branch } = useHere();
  return (
    <Dialog keep title={`Fork ${branch.name}`} open={open} onClose={onClose}>
      <Wish onClose={onClose} />
    </Dialog>
  );
}

function Wish({ onClose }: { onClose: () => void }) {
  const { project, branch } = useHere();
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const [name, setName] = useState('');
  const [source, setSource] = useState('');
  const [numbering, setNumbering] = useState<Numbering>('restart');
  const [secrets, setSecrets] = useState(false);
  const to = name.trim();
  const fork = () =>
    submit(async () => {
      const body = { name: to, branch_name: source.trim() || null, numbering, secrets };
      const made = await actOrThrow(() => forkBranch(branch.id, body), { say: `${to} is made from ${branch.name}`, touch: [['branches', project], ['every-branch']] });
      onClose();
      await navigate({ to: '/p/$project/b/$branch/settings/stages', params: { project, branch: made.name } });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && to !== '') void fork();
      }}
    >
      <div className="dialog-body stack">
        <p>It gets copies of the stages and variables as they are now. Flows stay here; badges of the fork are closed.</p>
        <TextField label="Name" autoFocus value={name} wrong={wrong('/name')} onChange={(event) => setName(event.target.value)} />
        <TextField label="Repository branch" placeholder={to} value={source} wrong={wrong('/branch_name')} hint="Left empty: as its name." onChange={(event) => setSource(event.target.value)} />
        <SelectField label="Numbers of flows and runs" choices={NUMBERINGS} value={numbering} onChoose={setNumbering} />
        <Checkbox label="Copy the branch’s own secrets, too" hint="Else those must be set in the fork. The project’s are for all of its branches." checked={secrets} onChange={() => setSecrets(!secrets)} />
        {error !== undefined && wrong('/name') === undefined && wrong('/branch_name') === undefined && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" busy={busy} why={to === '' ? 'the name is missing' : undefined}>
          Make the fork
        </Button>
      </footer>
    </form>
  );
}
