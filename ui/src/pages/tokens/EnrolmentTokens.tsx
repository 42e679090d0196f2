import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { deleteEnrolmentToken } from '../../api/actions.ts';
import { enrolmentTokens } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { Button } from '../../parts/Button.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';

/** Tokens that could still let an agent in. */
export function EnrolmentTokens() {
  const { busy, act } = useAct();
  const list = useQuery(enrolmentTokens());
  return (
    <Panel title="Enrolment tokens of agents" flush>
      <Query of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              None is open. <Link to="/agents">Adding an agent</Link> makes one.
            </Empty>
          ) : (
            <ul className="lines">
              {items.map((token) => (
                <li key={token.id} className="line-row">
                  <span className="line-main row row-wrap">
                    {token.groups.length === 0 ? <span className="muted">for the group “all”</span> : token.groups.map((name) => <Tag key={name}><bdi>{name}</bdi></Tag>)}
                    {token.reusable && <Tag look="tests">for several agents</Tag>}
                  </span>
                  <span className="small muted">
                    made <Ago at={token.created_at} />, ends <Ago at={token.expires_at} />
                  </span>
                  <Button look="quiet" busy={busy} onClick={() => void act(() => deleteEnrolmentToken(token.id), { say: 'The enrolment token is worth nothing now', touch: [['enrolment-tokens']] })}>
                    Revoke
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Query>
    </Panel>
  );
}
