// Search over what things are called, and over all logs: of jobs, of agents, of the server's parts.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { foundLogs } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { More } from '../../parts/More.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { FoundLines } from '../shared/FoundLines.tsx';
import { Places } from './Places.tsx';

const route = getRouteApi('/search');
const PAUSE_MS = 300;

const LEVELS = [
  { value: 'all', label: 'All' },
  { value: 'error', label: 'Errors' },
  { value: 'warn', label: 'Warnings' },
] as const;

export function SearchPage() {
  useTitle('Search');
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
      <PageHead title="Search" />
      <div className="tools">
        <TextField label="Words to search for" hideLabel type="search" autoFocus placeholder="A name, an id, or words in any log" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Segments label="Level" choices={LEVELS} value={search.level ?? 'all'} onChoose={(value) => void navigate({ search: (now) => ({ ...now, level: value === 'all' ? undefined : value }), replace: true })} />
      </div>
      <div className="stack">
        {q !== '' && <Places q={q} />}
        <Panel title={q === '' ? undefined : 'In all logs'} flush>
          {q === '' ? (
            <Empty>Branches, flows, agents and groups that are called so will be here, and the lines of all logs that have these words, the newest first.</Empty>
          ) : (
            <Query of={found} rows={8}>
              {({ pages }) => <FoundLines lines={pages.flatMap((page) => page.items)} behind={pages.at(-1)?.behind ?? 0} more={found.hasNextPage} />}
            </Query>
          )}
          <More of={found}>More lines</More>
        </Panel>
      </div>
    </div>
  );
}
