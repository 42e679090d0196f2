import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { makeStageFromRepo } from '../../api/branch-settings.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { useHere } from '../branch-settings/here.ts';
import { EMPTY, missing, settingsOf, wrongUrl } from './source.ts';
import { shownInFields, SourceFields } from './SourceFields.tsx';

const route = getRouteApi('/p/$project/b/$branch/settings/stages');

/** A new stage whose code is a file of a repository. */
export function NewFromRepo({ where }: { where: React.ReactNode }) {
  const { branch, not } = useHere();
  const navigate = route.useNavigate();
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(EMPTY);
  const why = not ?? (name.trim() === '' ? 'the stage needs a name' : (missing(draft) ?? (wrongUrl(draft.url) === undefined ? undefined : 'the address is wrong')));
  const make = () =>
    submit(async () => {
      const made = await actOrThrow(() => makeStageFromRepo(branch.id, { name: name.trim(), source: settingsOf(draft) }), { say: `${name.trim()} is made`, touch: [['stages', branch.id]] });
      await navigate({ search: { stage: made.id } });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && why === undefined) void make();
      }}
    >
      <Panel
        title="New stage"
        aside={
          <Button look="main" type="submit" busy={busy} why={why}>
            Make stage
          </Button>
        }
      >
        <div className="stack form">
          {where}
          <TextField label="Name of the stage" value={name} wrong={wrong('/name')} onChange={(event) => setName(event.target.value)} />
          <SourceFields draft={draft} onChange={setDraft} wrong={wrong} />
          {error !== undefined && wrong('/name') === undefined && !shownInFields(wrong) && <ProblemNote error={error} />}
        </div>
      </Panel>
    </form>
  );
}
