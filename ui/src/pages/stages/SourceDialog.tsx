import { useState } from 'react';

import { setSource } from '../../api/branch-settings.ts';
import type { StageView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { draftOf, EMPTY, missing, settingsOf, wrongUrl } from './source.ts';
import { shownInFields, SourceFields } from './SourceFields.tsx';

/** From which file of which repository a stage takes its code. */
export function SourceDialog({ stage, open, onClose }: { stage: StageView; open: boolean; onClose: () => void }) {
  return (
    <Dialog wide keep title={stage.source ? `Source of ${stage.name}` : `Take the code of ${stage.name} from a repository`} open={open} onClose={onClose}>
      <Form stage={stage} onClose={onClose} />
    </Dialog>
  );
}

function Form({ stage, onClose }: { stage: StageView; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const [draft, setDraft] = useState(() => (stage.source ? draftOf(stage.source) : EMPTY));
  const why = missing(draft) ?? (wrongUrl(draft.url) === undefined ? undefined : 'the address is wrong');
  const save = async () => {
    const done = await submit(() =>
      actOrThrow(() => setSource(stage.id, settingsOf(draft)), { say: `${stage.name} comes from ${draft.file.trim()} now`, touch: [['stages', stage.branch], ['stage', stage.id]] }),
    );
    if (done) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && why === undefined) void save();
      }}
    >
      <div className="dialog-body stack">
        <p>The file is read at once, and must be right. From then on its newest version takes the place of the code here, as soon as it is seen.</p>
        <SourceFields draft={draft} onChange={setDraft} wrong={wrong} />
        {error !== undefined && !shownInFields(wrong) && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" busy={busy} why={why}>
          Read the file and use it
        </Button>
      </footer>
    </form>
  );
}
