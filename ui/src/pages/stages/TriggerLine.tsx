import { Link } from '@tanstack/react-router';

import type { RepoHeadView, TriggerView } from '../../api/generated/types.gen.ts';
import { StateIcon, Tag } from '../../parts/State.tsx';
import { Ago } from '../../parts/Time.tsx';
import { full } from '../../words/time.ts';
import { elsewhere, everyOf, kindOf } from './trigger.ts';

/** One trigger: its rule, when it comes next, what became of it last, and what keeps it from looking. `children`: whose it is. */
export function TriggerLine({ trigger, children }: { trigger: TriggerView; children?: React.ReactNode }) {
  const { cron, time_zone: zone, next_due: next, last_due: last, last_error: error, repos = [] } = trigger;
  const there = next == null ? undefined : elsewhere(next, zone);
  return (
    <li className="trigger">
      <div className="line-row">
        {children}
        <span className="trigger-rule row row-wrap">
          <Tag>{kindOf(trigger)}</Tag>
          {cron != null && <code className="wrap-any">{cron}</code>}
          {zone != null && <span className="small muted">{zone}</span>}
          <span className="small muted">{everyOf(trigger)}</span>
        </span>
        <span className="line-main">
          {next == null ? (
            <span className="muted">never again</span>
          ) : (
            <span>
              next <Ago at={next} /> <span className="muted">{full(next)}</span>
              {there !== undefined && <span className="muted small"> ({there})</span>}
            </span>
          )}
        </span>
        <span className="line-more muted">
          {last != null && (
            <span>
              last <Ago at={last} />
              {trigger.last_skipped === true && ', passed over: it was more than an hour late'}
            </span>
          )}
          {trigger.last_looked != null && (
            <span>
              looked <Ago at={trigger.last_looked} />
            </span>
          )}
          {trigger.last_flow != null && (
            <Link to="/flows/$flow" params={{ flow: trigger.last_flow }}>
              its flow
            </Link>
          )}
        </span>
      </div>
      {repos.length > 0 && (
        <ul className="trigger-repos">
          {repos.map((repo) => (
            <Repo key={`${repo.url} ${repo.branch}`} repo={repo} />
          ))}
        </ul>
      )}
      {error != null && (
        <p className="trigger-error wrap-any">
          <StateIcon look="failed" label="Error" /> {error}
        </p>
      )}
    </li>
  );
}

function Repo({ repo }: { repo: RepoHeadView }) {
  return (
    <li className="row row-wrap small">
      <code className="wrap-any">{repo.url}</code>
      <span className="muted">
        branch <bdi>{repo.branch}</bdi>
      </span>
      {repo.commit == null ? (
        <span className="muted">not seen yet</span>
      ) : (
        <code className="muted" title={repo.commit}>
          {repo.commit.slice(0, 10)}
        </code>
      )}
    </li>
  );
}
