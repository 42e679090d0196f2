// Environment variables of a branch: edited as a whole, saved only if nobody changed them meanwhile.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { setVariables, variables } from '../../api/branch-settings.ts';
import type { VariablesView } from '../../api/generated/types.gen.ts';
import { ApiProblem } from '../../api/problem.ts';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button, IconButton } from '../../parts/Button.tsx';
import { TextArea, TextField } from '../../parts/Fields.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { counted } from '../../words/amounts.ts';
import { differences, type Row, rowsOf, variablesOf, wrongName, wrongWhole } from './env.ts';
import { EnvConflict } from './EnvConflict.tsx';
import { useHere } from './here.ts';

const LINES_MAX = 8;

export function Env() {
  const { branch } = useHere();
  // Nothing kept from the last visit: what is edited is what is stored now.
  const read = useQuery({ ...variables(branch.id), gcTime: 0, refetchOnReconnect: false });
  return (
    <Query of={read} rows={6}>
      {(data) => <Editor begin={data} />}
    </Query>
  );
}

function Editor({ begin }: { begin: VariablesView }) {
  const { project, branch, not } = useHere();
  const { actOrThrow } = useAct();
  const { busy, error, submit, clear } = useSubmit();
  /** What these rows came from. */
  const [from, setFrom] = useState(begin);
  const [rows, setRows] = useState<Row[]>(() => rowsOf(begin.variables));
  const mine = variablesOf(rows);
  const changed = differences(from.variables, mine);
  const wrong = rows.map((_, index) => wrongName(rows, index)).find((why) => why !== undefined) ?? wrongWhole(mine);
  const why = not ?? wrong ?? (changed.length === 0 ? 'nothing was changed' : undefined);
  const conflict = error instanceof ApiProblem && error.kind === 'conflict';

  const change = (index: number, part: Partial<Row>) => setRows(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const begun = (view: VariablesView, next: Record<string, string>) => {
    clear();
    setFrom(view);
    setRows(rowsOf(next));
  };
  const save = () =>
    submit(async () => {
      const saved = await actOrThrow(() => setVariables(branch.id, { variables: mine, version: from.version }), {
        say: `The variables of ${branch.name} are saved`,
        touch: [['branch-named', project], ['branch', branch.id]],
      });
      setFrom(saved);
      setRows(rowsOf(saved.variables));
    });
  const add = (
    <Button icon="plus" why={not} onClick={() => setRows([...rows, { name: '', value: '' }])}>
      Add variable
    </Button>
  );
  return (
    <div className="stack">
      <p className="muted">
        Every step of every job gets them; texts of stages name them as <code>{'#{env.NAME}'}</code>. Everybody who may look at the project can read them: what must stay hidden is a secret.
      </p>
      <Unsaved when={changed.length > 0 && !busy} what={`the variables of ${branch.name}`} />
      {conflict && <EnvConflict branch={branch.id} from={from.variables} mine={mine} onTake={begun} />}
      {error !== undefined && !conflict && <ProblemNote error={error} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && why === undefined) void save();
        }}
      >
        <Panel
          title={counted(Object.keys(mine).length, 'variable')}
          aside={
            <span className="row row-wrap">
              {rows.length > 0 && add}
              <Button look="main" type="submit" busy={busy} why={why}>
                {changed.length > 0 ? `Save ${counted(changed.length, 'change')}` : 'Save'}
              </Button>
            </span>
          }
          flush
        >
          {rows.length === 0 && <Empty action={add}>Variables of this branch will be here, for every step to read.</Empty>}
          <ul className="lines">
            {rows.map((row, index) => (
              <li key={index} className="variable">
                <TextField
                  label={`Name of variable ${index + 1}`}
                  hideLabel
                  placeholder="NAME"
                  className="mono"
                  value={row.name}
                  readOnly={not !== undefined}
                  autoFocus={row.name === '' && row.value === '' && index === rows.length - 1}
                  wrong={wrongName(rows, index)}
                  onChange={(event) => change(index, { name: event.target.value })}
                />
                <TextArea
                  label={`Value of ${row.name || `variable ${index + 1}`}`}
                  hideLabel
                  placeholder="value"
                  className="textarea-line"
                  rows={Math.min(LINES_MAX, row.value.split('\n').length)}
                  value={row.value}
                  readOnly={not !== undefined}
                  onChange={(event) => change(index, { value: event.target.value })}
                />
                <IconButton icon="close" label={`Remove ${row.name || `variable ${index + 1}`}`} why={not} onClick={() => setRows(rows.filter((_, at) => at !== index))} />
              </li>
            ))}
          </ul>
        </Panel>
      </form>
    </div>
  );
}
