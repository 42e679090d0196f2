import { useState } from 'react';

import { cancelFlow, rerunRun } from '../../api/actions.ts';
import { each } from '../../api/pages.ts';
import type { FlowView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { useKeys } from '../../parts/keys.ts';
import { counted } from '../../words/amounts.ts';
import { isFlowOver, isRunOver } from '../../words/states.ts';
import { called } from '../../words/labels.ts';

const AT_ONCE = 4;

export function FlowActions({ flow }: { flow: FlowView }) {
  const { busy, act, actOrThrow } = useAct();
  const [cancelling, setCancelling] = useState(false);
  const not = useWhyNot('user', flow.project);
  const broken = flow.runs?.filter((run) => run.jobs.error > 0 && isRunOver(run)) ?? [];
  const failed = broken.reduce((sum, run) => sum + run.jobs.error, 0);
  const touch = [['flow', flow.id]];
  const rerun = () => void act(() => each(broken, AT_ONCE, (run) => rerunRun(run.id, 'failed')), { say: `${counted(failed, 'failed job')} will run again`, touch });
  useKeys([{ keys: 'r', does: 'rerun failed jobs', run: () => failed > 0 && !busy && !not && rerun() }]);
  return (
    <>
      {failed > 0 && (
        <Button busy={busy} why={not} onClick={rerun}>
          Rerun failed ({failed})
        </Button>
      )}
      {!isFlowOver(flow) && (
        <Button why={flow.cancelled ? 'somebody cancelled it already' : not} onClick={() => setCancelling(true)}>
          Cancel
        </Button>
      )}
      <Confirm
        title={`Cancel flow ${called(flow.label)}?`}
        verb="Cancel the flow"
        danger
        open={cancelling}
        onClose={() => setCancelling(false)}
        act={() => actOrThrow(() => cancelFlow(flow.id), { say: `Flow ${called(flow.label)} is being cancelled`, touch })}
      >
        <p>Jobs that wait are over at once, running ones are stopped, and no further stage starts.</p>
      </Confirm>
    </>
  );
}
