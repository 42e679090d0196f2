// The branch itself: its names, a copy of it, putting it away, deleting it.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { changeBranch, touchedByBranch } from '../../api/branch-settings.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { DeleteBranch } from '../shared/DeleteBranch.tsx';
import { ForkDialog } from './ForkDialog.tsx';
import { useHere } from './here.ts';
import { MoveDialog } from './MoveDialog.tsx';

export function Branch() {
  const { branch } = useHere();
  return (
    <div className="stack">
      <Names key={`${branch.name}\n${branch.branch_name}`} />
      <Acts />
    </div>
  );
}

function Names() {
  const { project, branch, not } = useHere();
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const [name, setName] = useState(branch.name);
  const [source, setSource] = useState(branch.branch_name);
  const [to, from] = [name.trim(), source.trim()];
  const changed = to !== branch.name || from !== branch.branch_name;
  const why = not ?? (to === '' || from === '' ? 'a name is missing' : changed ? undefined : 'nothing was changed');
  const save = () =>
    submit(async () => {
      const body = { name: to === branch.name ? null : to, branch_name: from === branch.branch_name ? null : from };
      // Before the branch is asked for by a name that it has no more.
      const saved = await actOrThrow(() => changeBranch(branch.id, body), { say: `Branch ${to} is saved`, touch: [] });
      await navigate({ to: '/p/$project/b/$branch/settings/branch', params: { project, branch: saved.name }, replace: true });
      await actOrThrow(() => Promise.resolve(), { touch: touchedByBranch(branch, project) });
    });
  return (
    <Panel title="Names">
      <form
        className="stack form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && why === undefined) void save();
        }}
      >
        <TextField label="Name" value={name} readOnly={not !== undefined} wrong={wrong('/name')} hint="In addresses, too: links to the branch by its old name will lead nowhere. Links to flows stay." onChange={(event) => setName(event.target.value)} />
        <TextField label="Repository branch" className="mono" value={source} readOnly={not !== undefined} wrong={wrong('/branch_name')} hint="What its flows build, and which webhooks are for it." onChange={(event) => setSource(event.target.value)} />
        {error !== undefined && wrong('/name') === undefined && wrong('/branch_name') === undefined && <ProblemNote error={error} />}
        <div className="row">
          <Button look="main" type="submit" busy={busy} why={why}>
            Save names
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function Acts() {
  const { project, branch, not } = useHere();
  const { busy, act } = useAct();
  const [over, setOver] = useState<'fork' | 'move' | 'archive' | 'delete'>();
  const close = () => setOver(undefined);
  const away = branch.archived_at != null;
  const back = () => act(() => changeBranch(branch.id, { archived: false }), { say: `${branch.name} is in use again`, touch: [...touchedByBranch(branch, project), ['stages', branch.id]] });
  return (
    <Panel title="What can be done with it" flush>
      <ul className="lines">
        <Line
          title="Fork"
          says="A new branch with copies of its stages and variables: for a release, say."
          action={
            <Button why={not} onClick={() => setOver('fork')}>
              Fork…
            </Button>
          }
        />
        <Line
          title="Move to another project"
          says="With all that is its own, and its flows. People of this project see it no more."
          action={
            <Button why={not} onClick={() => setOver('move')}>
              Move…
            </Button>
          }
        />
        <Line
          title={away ? 'Bring back' : 'Archive'}
          says={away ? 'It is archived: nothing starts in it. Brought back, its triggers count from then on.' : 'Nothing starts in it until it is brought back; all that it has stays.'}
          action={
            away ? (
              <Button why={not} busy={busy} onClick={() => void back()}>
                Bring back
              </Button>
            ) : (
              <Button why={not} onClick={() => setOver('archive')}>
                Archive…
              </Button>
            )
          }
        />
        <Line
          title="Delete"
          says="Only a branch without stages: delete those first. This can’t be undone."
          action={
            <Button look="danger" why={not} onClick={() => setOver('delete')}>
              Delete…
            </Button>
          }
        />
      </ul>
      <ForkDialog open={over === 'fork'} onClose={close} />
      <MoveDialog open={over === 'move'} onClose={close} />
      <Archive open={over === 'archive'} onClose={close} />
      <DeleteBranch project={project} branch={branch} open={over === 'delete'} onClose={close} />
    </Panel>
  );
}

function Line({ title, says, action }: { title: string; says: string; action: React.ReactNode }) {
  return (
    <li className="line-row">
      <div className="grow">
        <h3>{title}</h3>
        <p className="muted">{says}</p>
      </div>
      {action}
    </li>
  );
}

function Archive({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { project, branch } = useHere();
  const { actOrThrow } = useAct();
  const touch = [...touchedByBranch(branch, project), ['stages', branch.id]];
  return (
    <Confirm title={`Archive ${branch.name}?`} verb="Archive the branch" open={open} onClose={onClose} act={() => actOrThrow(() => changeBranch(branch.id, { archived: true }), { say: `${branch.name} is archived`, touch })}>
      <p>
        Triggers, webhooks and people will start nothing in{' '}
        <strong>
          <bdi>{branch.name}</bdi>
        </strong>{' '}
        until it is brought back. Flows that are on their way go on.
      </p>
    </Confirm>
  );
}
