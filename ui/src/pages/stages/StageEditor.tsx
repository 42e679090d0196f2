import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';

import { changeStage, makeStage } from '../../api/actions.ts';
import type { BranchView, StageView } from '../../api/generated/types.gen.ts';
import { ApiProblem } from '../../api/problem.ts';
import { stage as stageQuery } from '../../api/queries.ts';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { toast } from '../../parts/Toasts.tsx';
import { Conflict } from './Conflict.tsx';
import { Outcome } from './Outcome.tsx';
import { SourceDialog } from './SourceDialog.tsx';
import { StageActions } from './StageActions.tsx';
import { type FoundStep, stepAt } from './stepAt.ts';
import { StepDialog } from './StepDialog.tsx';
import { Triggers } from './Triggers.tsx';
import { useCheck } from './useCheck.ts';

const route = getRouteApi('/p/$project/b/$branch/settings/stages');
const CodeEditor = lazy(() => import('./CodeEditor.tsx'));
const NOTHING: never[] = [];

interface Props {
  branch: BranchView;
  /** What is stored; absent for a new one. */
  stage: StageView | undefined;
  /** What the editor begins with. */
  code: string;
  /** The choice where the code of a new one is. */
  where?: React.ReactNode;
}

export function StageEditor({ branch, stage, code: begin, where }: Props) {
  const navigate = route.useNavigate();
  const { busy, actOrThrow } = useAct();
  const [name, setName] = useState(stage?.name ?? '');
  const [code, setCode] = useState(begin);
  /** The SHA-256 of what this text came from: saving refuses when somebody else saved meanwhile. */
  const [from, setFrom] = useState(stage?.code_sha256);
  const [error, setError] = useState<unknown>();
  const [goTo, setGoTo] = useState<{ line: number }>();
  const [over, setOver] = useState<'source' | 'step'>();
  const [insert, setInsert] = useState<{ text: string; over?: FoundStep | undefined }>();
  const cursor = useRef(0);
  const [edited, setEdited] = useState<FoundStep>();
  /** What the editor was last given whole; another number gives it anew. */
  const [given, setGiven] = useState({ code: begin, number: 0 });
  const client = useQueryClient();
  const close = () => setOver(undefined);
  const check = useCheck(branch.id, name, code);
  const problems = check.data?.problems ?? NOTHING;
  const changed = stage === undefined || code !== (stage.code ?? '');
  const conflict = error instanceof ApiProblem && error.kind === 'conflict' && stage !== undefined;

  const openStep = (step: FoundStep | undefined) => {
    setEdited(step);
    setOver('step');
  };
  const changeStep = () => {
    const found = stepAt(code, cursor.current);
    if (found) openStep(found);
    else toast.say('Put the cursor into a step that is written out whole, in braces with its tool.');
  };
  const save = async () => {
    setError(undefined);
    const touch = [['stages', branch.id], ['stage']];
    try {
      if (stage) {
        const saved = await actOrThrow(() => changeStage(stage.id, { code, if_sha256: from ?? null }), { say: `${stage.name} is saved`, touch });
        setFrom(saved.code_sha256);
      } else {
        const made = await actOrThrow(() => makeStage(branch.id, { name: name.trim(), code }), { say: `${name} is made`, touch });
        await navigate({ search: { stage: made.id }, ignoreBlocker: true });
      }
    } catch (caught) {
      setError(caught);
    }
  };
  const not = useWhyNot('admin', branch.project);
  const why = not ?? (name.trim() === '' ? 'the stage needs a name' : changed ? undefined : 'nothing was changed');
  return (
    <div className="stack">
      <Panel
        title={stage ? <bdi>{stage.name}</bdi> : 'New stage'}
        aside={
          <span className="row row-wrap">
            <Button look="quiet" icon="plus" why={not} onClick={() => openStep(undefined)}>
              Step…
            </Button>
            <Button look="quiet" why={not} onClick={changeStep}>
              Change step…
            </Button>
            {stage && (
              <Button look="quiet" why={not} onClick={() => setOver('source')}>
                From a repository…
              </Button>
            )}
            {stage && <StageActions stage={stage} not={not} />}
            <Button look="main" busy={busy} why={why} onClick={() => void save()}>
              {stage ? 'Save' : 'Make stage'}
            </Button>
          </span>
        }
        flush
      >
        {stage && stage.description !== '' && <p className="panel-note muted wrap-any">{stage.description}</p>}
        {!stage && (
          <div className="tools">
            {where}
            <TextField label="Name of the stage" hideLabel placeholder="name of the stage" value={name} onChange={(event) => setName(event.target.value)} />
          </div>
        )}
        <Suspense fallback={<Skeleton rows={10} label="Editor" />}>
          <CodeEditor key={given.number} code={given.code} label={`Code of ${stage?.name ?? 'the new stage'}`} problems={problems} goTo={goTo} insert={insert} onChange={setCode} onCursor={(place) => (cursor.current = place)} onSave={() => !busy && !why && void save()} />
        </Suspense>
      </Panel>
      <Unsaved when={stage ? changed : code !== begin} what={stage ? `the stage ${stage.name}` : 'the new stage'} />
      <StepDialog open={over === 'step'} edited={edited} onClose={close} onStep={(text) => setInsert({ text, over: edited })} />
      {stage && <SourceDialog stage={stage} open={over === 'source'} onClose={close} />}
      {conflict && (
        <Conflict
          stage={stage}
          mine={code}
          onKeepMine={(sha256) => {
            setFrom(sha256);
            setError(undefined);
          }}
          onTakeTheirs={(theirs) => {
            client.setQueryData(stageQuery(theirs.id).queryKey, theirs);
            setFrom(theirs.code_sha256);
            setCode(theirs.code ?? '');
            setGiven(({ number }) => ({ code: theirs.code ?? '', number: number + 1 }));
            setError(undefined);
          }}
        />
      )}
      {error !== undefined && !conflict && <ProblemNote error={error} />}
      {stage && <Triggers stage={stage} />}
      <Outcome check={check} named={name.trim() !== ''} onLine={(line) => setGoTo({ line })} />
    </div>
  );
}
