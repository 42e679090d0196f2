// The numbers that come next: looked at, and set when a branch goes on counting where another system got to.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { sequences, setSequences } from '../../api/branch-settings.ts';
import type { SequencesView } from '../../api/generated/types.gen.ts';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { count, counted } from '../../words/amounts.ts';
import { useHere } from './here.ts';
import { backwards, changes, type Counter, counters, request, type Typed, wrongNumber } from './sequences.ts';

export function Sequences() {
  const { branch } = useHere();
  const read = useQuery(sequences(branch.id));
  return (
    <Query of={read} rows={6}>
      {(data) => <Numbers view={data} />}
    </Query>
  );
}

function Numbers({ view }: { view: SequencesView }) {
  const { branch, not } = useHere();
  const { actOrThrow } = useAct();
  const { busy, error, submit } = useSubmit();
  const [typed, setTyped] = useState<Typed>({});
  const [asking, setAsking] = useState(false);
  const all = counters(view);
  const changed = changes(all, typed);
  const back = backwards(changed);
  const wrong = all.some((counter) => wrongNumber(typed[counter.id]) !== undefined);
  const why = not ?? (wrong ? 'some of these are no numbers' : changed.length === 0 ? 'nothing was changed' : undefined);

  const set = async (force: boolean) => {
    const touch = [['sequences', branch.id]];
    try {
      await actOrThrow(() => setSequences(branch.id, request(changed, force)), { say: `${branch.name} goes on with the new numbers`, touch });
      setTyped({});
    } catch (caught) {
      // It may have counted on meanwhile: what is shown beside is what is so now.
      await actOrThrow(() => Promise.resolve(), { touch });
      throw caught;
    }
  };
  return (
    <div className="stack">
      <p className="muted">
        The next flow, and the next run of each stage, get these numbers. Labels are made of them, and so may be versions of what is published: a number that comes again can make two things look the same.
      </p>
      <Unsaved when={changed.length > 0 && !busy} what={`the numbers of ${branch.name}`} />
      {error !== undefined && <ProblemNote error={error} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || why !== undefined) return;
          if (back.length > 0) setAsking(true);
          else void submit(() => set(false));
        }}
      >
        <Panel
          title="What comes next"
          aside={
            <Button look="main" type="submit" busy={busy} why={why}>
              {changed.length > 0 ? `Set ${counted(changed.length, 'number')}` : 'Set numbers'}
            </Button>
          }
          flush
        >
          <ul className="lines">
            {all.map((counter) => (
              <Line key={counter.id} counter={counter} text={typed[counter.id] ?? ''} readOnly={not !== undefined} onType={(text) => setTyped({ ...typed, [counter.id]: text })} />
            ))}
          </ul>
        </Panel>
      </form>
      <Confirm
        title={`Take ${branch.name} back to earlier numbers?`}
        verb="Take them back"
        danger
        open={asking}
        onClose={() => setAsking(false)}
        act={() => set(true)}
      >
        <div className="stack">
          <p>Numbers that were there before will come again, and labels with them: what was published under such a number may be replaced. This can’t be undone.</p>
          <ul>
            {back.map(({ id, title, next, to }) => (
              <li key={id}>
                <strong>
                  <bdi>{title}</bdi>
                </strong>
                : {count(to)} instead of {count(next)}
              </li>
            ))}
          </ul>
        </div>
      </Confirm>
    </div>
  );
}

function Line({ counter, text, readOnly, onType }: { counter: Counter; text: string; readOnly: boolean; onType: (text: string) => void }) {
  const { id, title, reference, next } = counter;
  return (
    <li className="line-row">
      <span className="line-main">
        <span className="clip" title={title}>
          {id.startsWith('stage:') && <span className="muted">Runs of </span>}
          <bdi>{title}</bdi>
        </span>
      </span>
      <code className="muted line-aside">{`#{${reference}}`}</code>
      <span className="num line-next">{count(next)}</span>
      <div className="line-field">
        <TextField
          label={`Next number of ${title}`}
          hideLabel
          inputMode="numeric"
          placeholder={String(next)}
          value={text}
          readOnly={readOnly}
          wrong={wrongNumber(text)}
          onChange={(event) => onType(event.target.value)}
        />
      </div>
    </li>
  );
}
