import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { authoriseAgent, deleteAgent, disableAgent, enableAgent } from '../../api/actions.ts';
import type { AgentView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';

export function AgentActions({ agent }: { agent: AgentView }) {
  const { busy, act, actOrThrow } = useAct();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const not = useWhyNot('admin', null);
  const touch = [['agent', agent.id], ['agents']];
  return (
    <>
      {agent.state === 'discovered' && (
        <Button look="main" busy={busy} why={not} onClick={() => void act(() => authoriseAgent(agent.id), { say: `${agent.name} may take jobs now`, touch })}>
          Let it in
        </Button>
      )}
      {agent.state === 'disabled' ? (
        <Button busy={busy} why={not} onClick={() => void act(() => enableAgent(agent.id), { say: `${agent.name} takes jobs again`, touch })}>
          Enable
        </Button>
      ) : (
        agent.state !== 'discovered' && (
          <Button
            busy={busy}
            why={not}
            title={not === undefined ? (agent.job ? 'it finishes its job and takes no other' : 'it takes no jobs until it is enabled again') : undefined}
            onClick={() => void act(() => disableAgent(agent.id), { say: agent.job ? `${agent.name} finishes its job and takes no other` : `${agent.name} takes no jobs`, touch })}
          >
            {agent.job ? 'Drain' : 'Disable'}
          </Button>
        )
      )}
      <Button look="quiet" why={not} onClick={() => setDeleting(true)}>
        Delete
      </Button>
      <Confirm
        title={`Delete agent ${agent.name}?`}
        verb="Delete the agent"
        danger
        open={deleting}
        onClose={() => setDeleting(false)}
        act={async () => {
          await actOrThrow(() => deleteAgent(agent.id), { say: `${agent.name} is deleted`, touch: [['agents']] });
          await navigate({ to: '/agents' });
        }}
      >
        <p>
          The token of{' '}
          <strong>
            <bdi>{agent.name}</bdi>
          </strong>{' '}
          on {agent.host} will be worth nothing. To come back, it must be enrolled again.
        </p>
      </Confirm>
    </>
  );
}
