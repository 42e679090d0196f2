import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { cancelJob, rerunJob } from '../../api/actions.ts';
import type { JobView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNotInFlow } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { useKeys } from '../../parts/keys.ts';
import { isJobOver } from '../../words/states.ts';

export function JobActions({ job }: { job: JobView }) {
  const { busy, act, actOrThrow } = useAct();
  const navigate = useNavigate();
  const [cancelling, setCancelling] = useState(false);
  const not = useWhyNotInFlow('user', job.flow);
  const touch = [['job', job.id], ['run', job.run], ['flow', job.flow]];
  const over = isJobOver(job);
  const why = job.covered_by ? 'it was repeated already' : not;
  const rerun = async () => {
    const made = await act(() => rerunJob(job.id), { say: `${job.name} will run again`, touch });
    const id = made?.jobs[0];
    if (id) await navigate({ to: '/jobs/$job', params: { job: id } });
  };
  useKeys([{ keys: 'r', does: 'rerun this job', run: () => over && !why && !busy && void rerun() }]);
  return (
    <>
      {over && (
        <Button busy={busy} why={why} onClick={() => void rerun()}>
          Rerun
        </Button>
      )}
      {!over && (
        <Button why={job.stopping ? 'it is being stopped already' : not} onClick={() => setCancelling(true)}>
          Cancel
        </Button>
      )}
      <Confirm
        title={`Cancel ${job.name}?`}
        verb="Cancel the job"
        danger
        open={cancelling}
        onClose={() => setCancelling(false)}
        act={() => actOrThrow(() => cancelJob(job.id), { say: `${job.name} is being cancelled`, touch })}
      >
        <p>{job.started_at ? 'Its processes are stopped.' : 'It is over at once.'} The run counts it as cancelled.</p>
      </Confirm>
    </>
  );
}
