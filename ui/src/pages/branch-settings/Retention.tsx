// How long flows of a branch are kept, with their logs and artifacts. What is past its time is deleted.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { retention, setRetention } from '../../api/branch-settings.ts';
import type { NewRetention, RetentionView } from '../../api/generated/types.gen.ts';
import { ApiProblem } from '../../api/problem.ts';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { useHere } from './here.ts';
import { KeepPanel } from './KeepPanel.tsx';
import { deletesMore, type Draft, draftOf, FIELDS, keepOf, same, told, wrongLimit } from './retention.ts';
import { RetentionConflict } from './RetentionConflict.tsx';

export function Retention() {
  const { branch } = useHere();
  // Nothing kept from the last visit: what is edited is what is stored now.
  const read = useQuery({ ...retention(branch.id), gcTime: 0, refetchOnReconnect: false });
  return (
    <Query of={read} rows={6}>
      {(data) => <Editor begin={data} />}
    </Query>
  );
}

function Editor({ begin }: { begin: RetentionView }) {
  const { project, branch, not } = useHere();
  const { actOrThrow } = useAct();
  const { busy, error, submit, clear } = useSubmit();
  const [from, setFrom] = useState(begin);
  const [ci, setCi] = useState<Draft>(() => draftOf(begin.ci));
  const [dev, setDev] = useState<Draft>(() => draftOf(begin.dev));
  const [asking, setAsking] = useState<NewRetention>();
  const wrong = [ci, dev].some((draft) => FIELDS.some((field) => wrongLimit(field, draft[field]) !== undefined));
  const mine = { ci: keepOf(ci), dev: keepOf(dev) };
  const changed = !wrong && !(same(mine.ci, from.ci) && same(mine.dev, from.dev));
  const why = not ?? (wrong ? 'some of these are no numbers' : changed ? undefined : 'nothing was changed');
  const conflict = error instanceof ApiProblem && error.kind === 'conflict';

  const begun = (view: RetentionView, keep: Pick<RetentionView, 'ci' | 'dev'>) => {
    clear();
    setFrom(view);
    setCi(draftOf(keep.ci));
    setDev(draftOf(keep.dev));
  };
  const save = (body: NewRetention) =>
    submit(async () => {
      const saved = await actOrThrow(() => setRetention(branch.id, body), { say: `How long flows of ${branch.name} are kept is set`, touch: [['branch-named', project]] });
      begun(saved, saved);
    });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || why !== undefined) return;
        const body = { version: from.version, ...mine };
        if (deletesMore(from.ci, mine.ci) || deletesMore(from.dev, mine.dev)) setAsking(body);
        else void save(body);
      }}
    >
      <Unsaved when={changed && !busy} what={`how long flows of ${branch.name} are kept`} />
      <p className="muted">
        What is past its time is deleted, and can’t be had back. A flow that goes on, the newest one of a kind, and those that somebody keeps by hand stay whatever is set here.
      </p>
      <p className="row row-wrap">
        {from.is_default && <Tag>the default</Tag>}
        {from.next_look != null && (
          <span className="small muted">
            looked at next <Ago at={from.next_look} />
          </span>
        )}
      </p>
      {conflict && <RetentionConflict branch={branch.id} mine={mine} onTake={begun} />}
      {error !== undefined && !conflict && <ProblemNote error={error} />}
      <div className="pair">
        <KeepPanel kind="CI" draft={ci} readOnly={not !== undefined} onChange={setCi} />
        <KeepPanel kind="DEV" draft={dev} readOnly={not !== undefined} onChange={setDev} />
      </div>
      <div className="row row-wrap">
        <Button look="main" type="submit" busy={busy} why={why}>
          Save
        </Button>
        <Button look="quiet" busy={busy} why={not ?? (from.is_default ? 'it is the default' : undefined)} onClick={() => setAsking({ version: from.version })}>
          Back to the default
        </Button>
      </div>
      <Confirm
        title={asking?.ci ? `Delete more of ${branch.name}?` : `Keep flows of ${branch.name} as long as by default?`}
        verb={asking?.ci ? 'Keep less' : 'Take the default'}
        danger
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        act={async () => {
          if (asking) await save(asking);
        }}
      >
        {asking?.ci && asking.dev ? (
          <div className="stack">
            <p>
              {told('CI', asking.ci)} {told('DEV', asking.dev)}
            </p>
            <p>Flows that are older than that now go with their logs and artifacts, beginning in an hour: until then this can be changed back, afterwards it can’t.</p>
          </div>
        ) : (
          <p>What the default keeps no longer goes, beginning in an hour: until then this can be changed back, afterwards it can’t.</p>
        )}
      </Confirm>
    </form>
  );
}
