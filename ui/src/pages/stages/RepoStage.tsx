// A stage whose code is a file of a repository: which version is in use, whether a newer one is wrong, when it is looked at next.
import { lazy, Suspense, useState } from 'react';

import { forgetSource, refreshStage } from '../../api/branch-settings.ts';
import type { BranchView, SourceView, StageView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { toast } from '../../parts/Toasts.tsx';
import { Outcome, ProblemLines } from './Outcome.tsx';
import { shortCommit } from './source.ts';
import { SourceDialog } from './SourceDialog.tsx';
import { SourceFacts } from './SourceFacts.tsx';
import { StageActions } from './StageActions.tsx';
import { Triggers } from './Triggers.tsx';
import { useCheck } from './useCheck.ts';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));
const NOTHING: never[] = [];
const rests = () => undefined;

export function RepoStage({ branch, stage, source }: { branch: BranchView; stage: StageView; source: SourceView }) {
  const not = useWhyNot('admin', branch.project);
  const code = stage.code ?? '';
  const check = useCheck(branch.id, stage.name, code);
  const [goTo, setGoTo] = useState<{ line: number }>();
  return (
    <div className="stack">
      <Panel title={<bdi>{stage.name}</bdi>} aside={<Actions branch={branch} stage={stage} not={not} />} flush>
        <div className="panel-note stack">
          {stage.description !== '' && <p className="muted wrap-any">{stage.description}</p>}
          <SourceFacts source={source} />
        </div>
      </Panel>
      {source.error != null && <Trouble source={source} error={source.error} />}
      <Panel
        title={
          <>
            Code of commit <code>{shortCommit(source.commit)}</code>
          </>
        }
        aside={<span className="small muted">only to be read here</span>}
        flush
      >
        <Suspense fallback={<Skeleton rows={10} label="Code" />}>
          <CodeEditor key={stage.code_sha256} code={code} label={`Code of ${stage.name}`} problems={NOTHING} goTo={goTo} readOnly onChange={rests} onSave={rests} />
        </Suspense>
      </Panel>
      <Triggers stage={stage} />
      <Outcome check={check} named onLine={(line) => setGoTo({ line })} />
    </div>
  );
}

function Trouble({ source, error }: { source: SourceView; error: string }) {
  const newest = source.newest_commit;
  const broken = newest != null && newest !== source.commit;
  return (
    <Panel title={broken ? `Commit ${shortCommit(newest)} is not in use` : 'The newest version is not known'} aside={<StateBadge state={{ look: 'failed', word: broken ? 'In error' : 'Not read' }} />} flush>
      <p className="panel-note wrap-any">{error}</p>
      <ProblemLines problems={source.problems ?? []} />
    </Panel>
  );
}

function Actions({ branch, stage, not }: { branch: BranchView; stage: StageView; not: string | undefined }) {
  const notUser = useWhyNot('user', branch.project);
  const { busy, act, actOrThrow } = useAct();
  const [over, setOver] = useState<'source' | 'here'>();
  const close = () => setOver(undefined);
  const touch = [['stages', branch.id], ['stage', stage.id]];
  const refresh = async () => {
    const now = await act(() => refreshStage(stage.id), { touch });
    const source = now?.source;
    if (!source) return;
    if (source.error != null) toast.say(`${stage.name} stays at ${shortCommit(source.commit)}: see what is wrong with the newest version`);
    else toast.say(source.commit === stage.source?.commit ? `${stage.name} is of the newest commit, ${shortCommit(source.commit)}` : `${stage.name} is of commit ${shortCommit(source.commit)} now`);
  };
  return (
    <span className="row row-wrap">
      <Button busy={busy} why={notUser} onClick={() => void refresh()}>
        Refresh now
      </Button>
      <Button why={not} onClick={() => setOver('source')}>
        Change source…
      </Button>
      <Button look="quiet" why={not} onClick={() => setOver('here')}>
        Edit here
      </Button>
      <StageActions stage={stage} not={not} />
      <SourceDialog stage={stage} open={over === 'source'} onClose={close} />
      <Confirm
        title={`Edit ${stage.name} here from now on?`}
        verb="Edit it here"
        open={over === 'here'}
        onClose={close}
        act={() => actOrThrow(() => forgetSource(stage.id), { say: `${stage.name} is edited here from now on`, touch })}
      >
        <p>
          The code stays as it is now. What is changed in{' '}
          <strong>
            <bdi>{stage.source?.file}</bdi>
          </strong>{' '}
          later does not come here any more.
        </p>
      </Confirm>
    </span>
  );
}
