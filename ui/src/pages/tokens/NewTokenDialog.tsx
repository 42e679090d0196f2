import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { makeToken } from '../../api/actions.ts';
import { serverNow } from '../../api/clock.ts';
import { projects } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyLine } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { SelectField, TextField } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';

type Role = 'viewer' | 'user' | 'admin';
type Ends = '1' | '30' | '365' | 'never';

const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'viewer: may look' },
  { value: 'user', label: 'user: may start, cancel, rerun' },
  { value: 'admin', label: 'admin: may change everything' },
];
const ENDS: { value: Ends; label: string }[] = [
  { value: '30', label: 'after 30 days' },
  { value: '1', label: 'after a day' },
  { value: '365', label: 'after a year' },
  { value: 'never', label: 'never' },
];
const DAY_MS = 86_400_000;

/** `project`: the id of the one that it is for, to begin with. */
export function NewTokenDialog({ open, onClose, project = '' }: { open: boolean; onClose: () => void; project?: string | undefined }) {
  const [secret, setSecret] = useState<string>();
  const close = () => {
    setSecret(undefined);
    onClose();
  };
  return (
    <Dialog title="New API token" open={open} onClose={close} keep={secret !== undefined}>
      {secret === undefined ? (
        <Wish first={project} onMade={setSecret} />
      ) : (
        <>
          <div className="dialog-body stack">
            <p>This is the token. It is shown only now:</p>
            <CopyLine text={secret} what="token" />
          </div>
          <footer className="dialog-foot">
            <Button look="main" onClick={close}>
              Done
            </Button>
          </footer>
        </>
      )}
    </Dialog>
  );
}

function Wish({ first, onMade }: { first: string; onMade: (secret: string) => void }) {
  const known = useQuery(projects()).data?.items ?? [];
  const { actOrThrow } = useAct();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [project, setProject] = useState(first);
  const [ends, setEnds] = useState<Ends>('30');
  const { busy, error, submit } = useSubmit();
  const make = () =>
    submit(async () => {
      const expires_at = ends === 'never' ? null : new Date(serverNow() + Number(ends) * DAY_MS).toISOString();
      const made = await actOrThrow(() => makeToken({ name: name.trim(), grants: [{ role, project: project === '' ? null : project }], expires_at }), { touch: [['tokens']] });
      onMade(made.secret);
    });
  const missing = name.trim() === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing && !busy) void make();
      }}
    >
      <div className="dialog-body stack">
        <TextField label="What for" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField label="Role" choices={ROLES} value={role} onChoose={setRole} />
        <SelectField label="In" choices={[{ value: '', label: 'everything' }, ...known.map((item) => ({ value: item.id, label: item.name }))]} value={project} onChoose={setProject} />
        <SelectField label="Ends" choices={ENDS} value={ends} onChoose={setEnds} />
        {error !== undefined && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button look="main" type="submit" busy={busy} why={missing ? 'say what it is for' : undefined}>
          Make token
        </Button>
      </footer>
    </form>
  );
}
