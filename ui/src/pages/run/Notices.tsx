// Whom the run told what, by which channel, and what they answered.
import { useQuery } from '@tanstack/react-query';

import type { NoticeView } from '../../api/generated/types.gen.ts';
import { runNotices } from '../../api/notices.ts';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { channelName, eventName, noticeState } from './notices.ts';

export function Notices({ run }: { run: string }) {
  const list = useQuery(runNotices(run));
  return (
    <Panel flush>
      <Query of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              Nobody is told of this run. A stage says under <code>notification</code> whom to tell: by e-mail, Slack, Discord, a webhook, or as the status of the commit at its git host.
            </Empty>
          ) : (
            <ul className="lines" aria-label="Notices">
              {items.map((notice) => (
                <Row key={`${notice.key} ${notice.on}`} notice={notice} />
              ))}
            </ul>
          )
        }
      </Query>
    </Panel>
  );
}

function Row({ notice }: { notice: NoticeView }) {
  return (
    <li className="line-row line-badged">
      <span className="line-state">
        <StateBadge state={noticeState(notice)} />
      </span>
      <span className="line-main">
        <strong>{channelName(notice.channel)}</strong>
        <span>{eventName(notice.on)}</span>
      </span>
      <span className="small muted">
        {notice.attempts === 0 ? 'not tried yet' : counted(notice.attempts, 'try', 'tries')}
        {notice.next_attempt_at && (
          <>
            , next <Ago at={notice.next_attempt_at} />
          </>
        )}
      </span>
      <span className="muted small line-end">
        <Ago at={notice.settled_at ?? notice.at} />
      </span>
      {notice.answer && <bdi className="outcomes small wrap-any">{notice.answer}</bdi>}
    </li>
  );
}
