import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { changeStage, deleteStage } from '../../api/actions.ts';
import type { StageView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { DescribeStage } from './DescribeStage.tsx';

const route = getRouteApi('/p/$project/b/$branch/settings/stages');

/** `not`: why it is not for who is signed in. */
export function StageActions({ stage, not }: { stage: StageView; not: string | undefined }) {
  const { busy, act, actOrThrow } = useAct();
  const navigate = route.useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [describing, setDescribing] = useState(false);
  const touch = [['stages', stage.branch], ['stage', stage.id]];
  const say = stage.enabled ? `New flows leave out ${stage.name}` : `New flows run ${stage.name}`;
  return (
    <>
      <Button busy={busy} why={not} onClick={() => void act(() => changeStage(stage.id, { enabled: !stage.enabled }), { say, touch })}>
        {stage.enabled ? 'Turn off' : 'Turn on'}
      </Button>
      <Button look="quiet" why={not} onClick={() => setDescribing(true)}>
        Describe…
      </Button>
      <DescribeStage stage={stage} open={describing} onClose={() => setDescribing(false)} />
      <Button look="quiet" why={not} onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Confirm
        title={`Delete stage ${stage.name}?`}
        verb="Delete the stage"
        danger
        open={deleting}
        onClose={() => setDeleting(false)}
        act={async () => {
          await actOrThrow(() => deleteStage(stage.id), { say: `${stage.name} is deleted`, touch: [['stages', stage.branch]] });
          await navigate({ search: {}, ignoreBlocker: true });
        }}
      >
        <p>
          New flows will not run{' '}
          <strong>
            <bdi>{stage.name}</bdi>
          </strong>
          . Its runs so far keep the code they were started with. This can’t be undone.
        </p>
      </Confirm>
    </>
  );
}
