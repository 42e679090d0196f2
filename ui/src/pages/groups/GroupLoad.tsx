import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { AgentView } from '../../api/generated/types.gen.ts';
import { queue } from '../../api/queue.ts';
import { Meter } from '../../parts/Meter.tsx';
import { Span } from '../../parts/Time.tsx';
import { count, counted } from '../../words/amounts.ts';

const LOOKS = [
  ['busy', 'running'],
  ['idle', 'passed'],
  ['offline', 'failed'],
  ['disabled', 'cancelled'],
] as const;

/** What the agents of a group do now, and what waits for them. */
export function GroupLoad({ group, members }: { group: string; members: readonly AgentView[] }) {
  const waiting = useInfiniteQuery(queue(group)).data?.pages[0];
  const load = waiting?.groups?.find((item) => item.group === group);
  const oldest = waiting?.items[0];
  const parts = LOOKS.map(([state, look]) => ({ state, look, value: members.filter((agent) => agent.state === state).length }));
  const words = parts.filter((part) => part.value > 0).map((part) => `${count(part.value)} ${part.state}`).join(', ') || 'no agents';
  return (
    <p className="row row-wrap">
      <Meter label={words} parts={parts} />
      <span>{words}</span>
      {load && (
        <span className="muted">
          {load.waiting === 0 ? (
            'No job waits for it.'
          ) : (
            <>
              <Link to="/queue" search={{ group }}>
                {load.more === true && 'more than '}
                {counted(load.waiting, 'job waits', 'jobs wait')}
              </Link>
              {oldest && (
                <>
                  , the next one for <Span from={oldest.since} to={undefined} />
                </>
              )}
            </>
          )}
        </span>
      )}
    </p>
  );
}
