// What starts the stages of a branch by the clock and by commits: when next, what came of it last.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { stages } from '../../api/queries.ts';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { counted } from '../../words/amounts.ts';
import { TriggerLine } from '../stages/TriggerLine.tsx';
import { useHere } from './here.ts';

/** How often they are read again while somebody looks, in ms. */
const EVERY_MS = 15_000;

export function Triggers() {
  const { project, branch } = useHere();
  const all = useQuery({ ...stages(branch.id), refetchInterval: EVERY_MS });
  const params = { project, branch: branch.name };
  return (
    <div className="stack">
      <p className="muted">
        Stages say themselves what starts them, in their code under <code>triggers</code>. Here is what the clock and new commits start;{' '}
        <Link to="/p/$project/settings/webhooks" params={{ project }}>
          webhooks
        </Link>{' '}
        are set for the project.
      </p>
      <Query of={all} rows={5}>
        {({ items }) => {
          const starting = items.filter((stage) => (stage.triggers ?? []).length > 0);
          return (
            <Panel title={counted(starting.flatMap((stage) => stage.triggers ?? []).length, 'trigger')} flush>
              {starting.length === 0 && (
                <Empty
                  action={
                    <Link to="/p/$project/b/$branch/settings/stages" params={params} className="button button-plain">
                      Stages
                    </Link>
                  }
                >
                  No stage of this branch is started by the clock or by commits. Those that are will be here, with when they come next.
                </Empty>
              )}
              <ul className="lines">
                {starting.flatMap((stage) =>
                  (stage.triggers ?? []).map((trigger) => (
                    <TriggerLine key={`${stage.id} ${trigger.kind}`} trigger={trigger}>
                      <span className="trigger-stage row">
                        <Link to="/p/$project/b/$branch/settings/stages" params={params} search={{ stage: stage.id }} className="clip" title={stage.name}>
                          <bdi>{stage.name}</bdi>
                        </Link>
                        {!stage.enabled && <Tag>off</Tag>}
                      </span>
                    </TriggerLine>
                  )),
                )}
              </ul>
            </Panel>
          );
        }}
      </Query>
    </div>
  );
}
