// Making a secret, or replacing what one holds. It is sent as a whole: what it was is not known here.
import { useState } from 'react';

import type { SecretView } from '../../../api/generated/types.gen.ts';
import { type SecretOwner, secretsKey, setSecret } from '../../../api/secrets.ts';
import { useAct } from '../../../app/useAct.ts';
import { useSubmit } from '../../../app/useSubmit.ts';
import { Button } from '../../../parts/Button.tsx';
import { Dialog } from '../../../parts/Dialog.tsx';
import { SelectField, TextField } from '../../../parts/Fields.tsx';
import { ProblemNote } from '../../../parts/Problem.tsx';
import { type Draft, KINDS, references, type SecretKind, secretOf, wrongName, wrongValue } from './kinds.ts';
import { SecretText } from './SecretText.tsx';

interface Props {
  owner: SecretOwner;
  /** The one to replace; absent: a new one. */
  secret: SecretView | undefined;
  /** Names that are there already. */
  taken: ReadonlySet<string>;
  onClose: () => void;
}

export function SecretDialog({ open, ...rest }: Props & { open: boolean }) {
  return (
    <Dialog title={rest.secret ? `Replace ${rest.secret.name}` : 'New secret'} open={open} onClose={rest.onClose} keep>
      <Form {...rest} />
    </Dialog>
  );
}

const NOTHING: ReadonlySet<string> = new Set();
const VALUES: Record<SecretKind, { label: string; path: string; hint?: string }> = {
  simple: { label: 'Value', path: '/value' },
  user_password: { label: 'Password', path: '/password' },
  ssh_key: { label: 'Private key', path: '/key', hint: 'With all its lines, from -----BEGIN to the end, and without a passphrase.' },
};
const FIELDS = ['/path/name', '/user', '/note', '/value', '/password', '/key'];

function Form({ owner, secret, taken, onClose }: Props) {
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const [name, setName] = useState(secret?.name ?? '');
  const [draft, setDraft] = useState<Draft>({ kind: KINDS.find((kind) => kind.value === secret?.kind)?.value ?? 'simple', user: '', value: '', note: secret?.note ?? '' });
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const { label, path, hint } = VALUES[draft.kind];
  const badName = wrongName(name, secret ? NOTHING : taken);
  const badValue = wrongValue(draft.value);
  const missing = name === '' ? 'a name is missing' : draft.kind !== 'simple' && draft.user === '' ? 'the user is missing' : draft.value === '' ? `${label.toLowerCase()} is missing` : undefined;
  const not = missing ?? (badName === undefined ? undefined : 'the name is wrong') ?? (badValue === undefined ? undefined : `${label.toLowerCase()} is wrong`);
  const save = async () => {
    const done = await submit(() => actOrThrow(() => setSecret(owner, name, secretOf(draft)), { say: `${name} is set`, touch: [secretsKey(owner)] }));
    if (done) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (not === undefined && !busy) void save();
      }}
    >
      <div className="dialog-body stack">
        {secret === undefined && <TextField label="Name" autoFocus className="mono" value={name} wrong={badName ?? wrong('/path/name')} onChange={(event) => setName(event.target.value)} />}
        <SelectField label="Holds" choices={KINDS} value={draft.kind} onChoose={(kind) => set({ kind })} />
        {draft.kind !== 'simple' && <TextField label="User" value={draft.user} wrong={wrong('/user')} onChange={(event) => set({ user: event.target.value })} />}
        <SecretText label={label} hint={hint} keepEnd={draft.kind === 'ssh_key'} value={draft.value} wrong={badValue ?? wrong(path)} onChange={(value) => set({ value })} />
        <TextField label="What it is for" maxLength={500} value={draft.note} wrong={wrong('/note')} onChange={(event) => set({ note: event.target.value })} />
        {name !== '' && badName === undefined && (
          <p className="small muted wrap-any">
            Steps name it as{' '}
            {references(name, draft.kind).map((text, index) => (
              <span key={text}>
                {index > 0 && ' and '}
                <code>{text}</code>
              </span>
            ))}
            .
          </p>
        )}
        {error !== undefined && !FIELDS.some((field) => wrong(field)) && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" busy={busy} why={not}>
          {secret ? 'Replace it' : 'Make secret'}
        </Button>
      </footer>
    </form>
  );
}
