import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { cancelFlow, rerunRun } from '../../api/actions.ts';
import type { FlowView } from '../../api/generated/types.gen.ts';
import { each } from '../../api/pages.ts';
import { branch, projects } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button, IconButton } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { useKeys } from '../../parts/keys.ts';
import { toast } from '../../parts/Toasts.tsx';
import { counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { isFlowOver, isRunOver } from '../../words/states.ts';

const AT_ONCE = 4;

export function FlowActions({ flow }: { flow: FlowView }) {
  const { busy, act, actOrThrow } = useAct();
  const [cancelling, setCancelling] = useState(false);
  const not = useWhyNot('user', flow.project);
  const broken = flow.runs?.filter((run) => run.jobs.error > 0 && isRunOver(run) && !run.covered_by) ?? [];
  const failed = broken.reduce((sum, run) => sum + run.jobs.error, 0);
  const touch = [['flow', flow.id]];
  const rerun = () => void act(() => each(broken, AT_ONCE, (run) => rerunRun(run.id, 'failed')), { say: `${counted(failed, 'failed job')} will run again`, touch });
  // The address without what is open on the page: it leads to the flow for whoever gets it.
  const link = () => {
    toast.copy(new URL(`/flows/${flow.id}`, location.href).href, 'link to this flow', 'The link to this flow is copied.');
  };
  useKeys([
    { keys: 'r', does: 'rerun failed jobs', run: () => failed > 0 && !busy && !not && rerun() },
    { keys: 'y', does: 'copy a link to this flow', run: link },
  ]);
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
      <Another flow={flow} why={not} />
      <IconButton icon="link" label="Copy a link to this flow" onClick={link} />
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

/** Leads to the form of a new flow, filled in as this one was. */
function Another({ flow, why }: { flow: FlowView; why: string | undefined }) {
  const project = useQuery(projects()).data?.items.find((item) => item.id === flow.project)?.name;
  const of = useQuery(branch(flow.branch)).data;
  if (why !== undefined) return <Button why={why}>Start another</Button>;
  if (project === undefined || of === undefined) return null;
  const args = Object.fromEntries(Object.entries(flow.args).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
  return (
    <Link
      to="/p/$project/b/$branch/run"
      params={{ project, branch: of.name }}
      search={{
        kind: flow.kind === 'dev' ? 'dev' : undefined,
        source: flow.branch_name === of.branch_name ? undefined : flow.branch_name,
        args: Object.keys(args).length > 0 ? args : undefined,
      }}
      className="button button-plain"
    >
      Start another
    </Link>
  );
}
