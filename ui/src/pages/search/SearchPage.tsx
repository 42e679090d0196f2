// Search over all logs: of jobs, of agents, of the server's parts.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import type { FoundLine } from '../../api/generated/types.gen.ts';
import { foundLogs } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Button } from '../../parts/Button.tsx';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { counted } from '../../words/amounts.ts';
import { full } from '../../words/time.ts';

const route = getRouteApi('/search');
const PAUSE_MS = 300;

const LEVELS = [
  { value: 'all', label: 'All' },
  { value: 'error', label: 'Errors' },
  { value: 'warn', label: 'Warnings' },
] as const;

export function SearchPage() {
  useTitle('Search logs');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(search.q ?? '');
  const q = search.q ?? '';
  const found = useInfiniteQuery({ ...foundLogs(q, search.level), placeholderData: keepPreviousData, enabled: q !== '' });

  // What is typed goes into the address a moment later.
  useEffect(() => {
    if (typed === q) return;
    const timer = setTimeout(() => void navigate({ search: (now) => ({ ...now, q: typed || undefined }), replace: true }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, q, navigate]);

  return (
    <div className="page page-wide">
      <PageHead title="Search logs" />
      <div className="tools">
        <TextField label="Words to search for" hideLabel type="search" autoFocus placeholder="Words in any log" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Segments label="Level" choices={LEVELS} value={search.level ?? 'all'} onChoose={(value) => void navigate({ search: (now) => ({ ...now, level: value === 'all' ? undefined : value }), replace: true })} />
      </div>
      <Panel flush>
        {q === '' ? (
          <Empty>Lines of all jobs, agents and parts of the server that have these words will be here, the newest first.</Empty>
        ) : (
          <Query of={found} rows={8}>
            {({ pages }) => <Found lines={pages.flatMap((page) => page.items)} behind={pages.at(-1)?.behind ?? 0} more={found.hasNextPage} />}
          </Query>
        )}
        {found.hasNextPage && (
          <p className="panel-note">
            <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              More lines
            </Button>
          </p>
        )}
      </Panel>
    </div>
  );
}

function Found({ lines, behind, more }: { lines: readonly FoundLine[]; behind: number; more: boolean }) {
  return (
    <>
      {behind > 0 && <p className="panel-note small muted">About {counted(behind, 'log is', 'logs are')} not in the search yet.</p>}
      {lines.length === 0 && !more && <Empty>No line has these words.</Empty>}
      <ul className="lines">
        {lines.map((line, index) => (
          <li key={index} className="line-row found-line">
            <time className="muted small" dateTime={line.time}>
              {full(line.time)}
            </time>
            <Source line={line} />
            {(line.level === 'error' || line.level === 'warn') && <Tag look={line.level === 'error' ? 'failed' : 'tests'}>{line.level}</Tag>}
            <code className="line-main wrap-any">{line.text}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where a line comes from, and the way there. */
function Source({ line }: { line: FoundLine }) {
  if (line.job) {
    return (
      <Link to="/jobs/$job" params={{ job: line.job }} className="small">
        job
      </Link>
    );
  }
  if (line.agent) {
    return (
      <Link to="/agents/$agent" params={{ agent: line.agent }} className="small">
        agent
      </Link>
    );
  }
  return <span className="muted small">{line.service}</span>;
}
