import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { setAgentGroups } from '../../api/actions.ts';
import type { AgentView } from '../../api/generated/types.gen.ts';
import { groups } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Checkbox } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';

/** Which groups an agent is in; each change counts at once. */
export function AgentGroups({ agent }: { agent: AgentView }) {
  const { busy, act } = useAct();
  const not = useWhyNot('admin', null);
  const known = useQuery(groups()).data?.items.map((group) => group.name) ?? [];
  const names = [...new Set([...known, ...agent.groups])];
  const flip = (name: string) => {
    const next = agent.groups.includes(name) ? agent.groups.filter((group) => group !== name) : [...agent.groups, name];
    void act(() => setAgentGroups(agent.id, next), { touch: [['agent', agent.id], ['agents']] });
  };
  return (
    <Panel title="Groups">
      {names.length === 0 ? (
        <p className="muted">
          It is in “all”. <Link to="/groups">Groups</Link> say which jobs go to which agents.
        </p>
      ) : (
        <div className="checks" aria-busy={busy}>
          {names.map((name) => (
            <Checkbox key={name} label={<bdi>{name}</bdi>} checked={agent.groups.includes(name)} aria-disabled={not !== undefined || undefined} onChange={() => !busy && not === undefined && flip(name)} />
          ))}
          {not && <p className="small muted">To change them, {not}.</p>}
        </div>
      )}
    </Panel>
  );
}
