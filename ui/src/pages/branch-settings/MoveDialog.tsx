// Moving the branch to another project, of which one has to be an administrator, too.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { moveBranch, touchedByBranch } from '../../api/branch-settings.ts';
import { me, projects } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { SelectField } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { may } from '../../words/grants.ts';
import { useHere } from './here.ts';

export function MoveDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { branch } = useHere();
  return (
    <Dialog keep title={`Move ${branch.name} to another project`} open={open} onClose={onClose}>
      <Wish onClose={onClose} />
    </Dialog>
  );
}

function Wish({ onClose }: { onClose: () => void }) {
  const { project, branch } = useHere();
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const { busy, error, submit } = useSubmit();
  const grants = useQuery(me()).data?.grants ?? [];
  const others = (useQuery(projects()).data?.items ?? []).filter((other) => other.id !== branch.project && may(grants, 'admin', other.id));
  const [chosen, setChosen] = useState('');
  const to = others.find((other) => other.id === chosen);
  const why = others.length === 0 ? 'there is no other project that you are an administrator of' : to === undefined ? 'no project is chosen' : undefined;
  const move = (target: { id: string; name: string }) =>
    submit(async () => {
      // Before the branch is asked for in a project that has it no more.
      await actOrThrow(() => moveBranch(branch.id, { project: target.id }), { say: `${branch.name} is now in ${target.name}`, touch: [] });
      onClose();
      await navigate({ to: '/p/$project/b/$branch/settings/branch', params: { project: target.name, branch: branch.name }, replace: true });
      await actOrThrow(() => Promise.resolve(), { touch: [...touchedByBranch(branch, project), ['branches', target.name], ['branch-named', target.name], ['stages', branch.id]] });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && to !== undefined) void move(to);
      }}
    >
      <div className="dialog-body stack">
        <p>
          It leaves{' '}
          <strong>
            <bdi>{project}</bdi>
          </strong>
          {to !== undefined && (
            <>
              {' '}
              for{' '}
              <strong>
                <bdi>{to.name}</bdi>
              </strong>
            </>
          )}{' '}
          with its stages, variables, secrets, user data and flows, and only people of the other project see it then. Webhooks, secrets and user data of <bdi>{project}</bdi> stay there.
        </p>
        <SelectField label="Project" choices={[{ value: '', label: 'choose…' }, ...others.map((other) => ({ value: other.id, label: other.name }))]} value={to?.id ?? ''} onChoose={setChosen} />
        {error !== undefined && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" busy={busy} why={why}>
          {to === undefined ? 'Move the branch' : `Move it to ${to.name}`}
        </Button>
      </footer>
    </form>
  );
}
