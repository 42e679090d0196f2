import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { cancelRun, rerunNewest, rerunRun, startRun } from '../../api/actions.ts';
import type { RerunWhich, RunView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNotInFlow } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { useKeys } from '../../parts/keys.ts';
import { counted } from '../../words/amounts.ts';
import { isRunOver } from '../../words/states.ts';

export function RunActions({ run }: { run: RunView }) {
  const { busy, act, actOrThrow } = useAct();
  const [over, setOver] = useState<'cancel' | 'rerun' | 'newest'>();
  const navigate = useNavigate();
  const allowed = useWhyNotInFlow('user', run.flow);
  const not = run.covered_by ? 'it was repeated with newer code: see there' : allowed;
  const touch = [['run', run.id], ['flow', run.flow]];
  const ended = isRunOver(run);
  const rerun = (which: RerunWhich) => rerunRun(run.id, which);
  const rerunFailed = () => void act(() => rerun('failed'), { say: `${counted(run.jobs.error, 'failed job')} will run again`, touch });
  useKeys([{ keys: 'r', does: 'rerun failed jobs', run: () => ended && run.jobs.error > 0 && !busy && !not && rerunFailed() }]);
  return (
    <>
      {run.state === 'manual' && (
        <Button look="main" icon="play" busy={busy} why={not} onClick={() => void act(() => startRun(run.id), { say: `${run.stage_name} is started`, touch })}>
          Start
        </Button>
      )}
      {ended && run.jobs.error > 0 && (
        <Button busy={busy} why={not} onClick={rerunFailed}>
          Rerun failed ({run.jobs.error})
        </Button>
      )}
      {ended && run.jobs.total > 0 && <Button why={not} onClick={() => setOver('rerun')}>Rerun all</Button>}
      {ended && <Button why={not} onClick={() => setOver('newest')}>Rerun with the newest code</Button>}
      {!ended && <Button why={not} onClick={() => setOver('cancel')}>Cancel</Button>}
      <Confirm
        title={`Cancel ${run.stage_name}?`}
        verb="Cancel the run"
        danger
        open={over === 'cancel'}
        onClose={() => setOver(undefined)}
        act={() => actOrThrow(() => cancelRun(run.id), { say: `${run.stage_name} is being cancelled`, touch })}
      >
        <p>Its waiting jobs are over at once and its running ones are stopped.</p>
      </Confirm>
      <Confirm
        title={`Rerun all of ${run.stage_name}?`}
        verb={`Rerun ${counted(run.jobs.total, 'job')}`}
        open={over === 'rerun'}
        onClose={() => setOver(undefined)}
        act={() => actOrThrow(() => rerun('all'), { say: `${counted(run.jobs.total, 'job')} will run again`, touch })}
      >
        <p>Also those that passed run again. What they did before stays readable, but no longer counts.</p>
      </Confirm>
      <Confirm
        title={`Rerun ${run.stage_name} with its newest code?`}
        verb="Rerun with the newest code"
        open={over === 'newest'}
        onClose={() => setOver(undefined)}
        act={async () => {
          const made = await actOrThrow(() => rerunNewest(run.id), { say: `${run.stage_name} runs with its newest code`, touch });
          if (made.run) await navigate({ to: '/runs/$run', params: { run: made.run } });
        }}
      >
        <p>The stage as it is now runs in the same flow. This run stays readable, but no longer counts.</p>
      </Confirm>
    </>
  );
}
