import type { GroupCapacity } from '../../api/generated/types.gen.ts';
import { Meter } from '../../parts/Meter.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { count } from '../../words/amounts.ts';

interface Props {
  groups: readonly GroupCapacity[];
  chosen: string | undefined;
  onChoose: (group: string | undefined) => void;
}

/** What the agents of each group do, and how much waits for them; a group is chosen to see only its queue. */
export function Capacity({ groups, chosen, onChoose }: Props) {
  if (groups.length === 0) return null;
  return (
    <Panel title="Agents by group" flush className="capacity">
      <ul className="lines">
        {groups.map((group) => (
          <li key={group.group}>
            <button type="button" className="capacity-row" aria-pressed={chosen === group.group} onClick={() => onChoose(chosen === group.group ? undefined : group.group)}>
              <span className="row">
                <bdi className="clip grow" title={group.group}>
                  {group.group}
                </bdi>
                <span className={group.waiting > 0 ? 'num' : 'num muted'}>
                  {group.more === true && '> '}
                  {count(group.waiting)} waiting
                </span>
              </span>
              <Agents group={group} />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Agents({ group: { idle, busy, offline, disabled } }: { group: GroupCapacity }) {
  const words = [idle > 0 && `${count(idle)} idle`, busy > 0 && `${count(busy)} busy`, offline > 0 && `${count(offline)} offline`, disabled > 0 && `${count(disabled)} disabled`].filter(Boolean).join(', ') || 'no agents';
  return (
    <span className="row small muted">
      <Meter
        label={words}
        parts={[
          { look: 'passed', value: idle },
          { look: 'running', value: busy },
          { look: 'failed', value: offline },
          { look: 'cancelled', value: disabled },
        ]}
      />
      <span className="clip">{words}</span>
    </span>
  );
}
