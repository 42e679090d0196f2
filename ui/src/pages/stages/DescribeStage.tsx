import { useState } from 'react';

import { changeStage } from '../../api/actions.ts';
import type { StageView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';

interface Props {
  stage: StageView;
  open: boolean;
  onClose: () => void;
}

/** What people read about a stage beside its name. */
export function DescribeStage({ stage, open, onClose }: Props) {
  return (
    <Dialog title={`Describe ${stage.name}`} open={open} onClose={onClose}>
      <Form stage={stage} onClose={onClose} />
    </Dialog>
  );
}

function Form({ stage, onClose }: Omit<Props, 'open'>) {
  const [text, setText] = useState(stage.description);
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const save = async () => {
    const description = text.trim();
    const done = await submit(() => actOrThrow(() => changeStage(stage.id, { description }), { say: `${stage.name} is described`, touch: [['stages', stage.branch], ['stage', stage.id]] }));
    if (done) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <div className="dialog-body stack">
        <TextField label="Description" hint="what it is for, in a sentence" autoFocus value={text} wrong={wrong('/description')} onChange={(event) => setText(event.target.value)} />
        {error !== undefined && wrong('/description') === undefined && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" busy={busy} why={text.trim() === stage.description ? 'nothing was changed' : undefined}>
          Save
        </Button>
      </footer>
    </form>
  );
}
