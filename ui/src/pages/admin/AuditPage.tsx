// Who did what, when: every call that changed something.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import type { AuditView } from '../../api/generated/types.gen.ts';
import { projects } from '../../api/queries.ts';
import { audit } from '../../api/system.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Copy } from '../../parts/Copy.tsx';
import { SelectField, TextField } from '../../parts/Fields.tsx';
import { More } from '../../parts/More.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { full } from '../../words/time.ts';
import { asked, type AuditSearch } from './audit.ts';
import { AuditPlace } from './AuditPlace.tsx';

const route = getRouteApi('/admin/audit');

export function AuditPage() {
  useTitle('Audit');
  const { project } = route.useSearch();
  const not = useWhyNot('admin', project ?? null);
  if (not === undefined) return <Audit />;
  // Administrators of a project see what was done in it.
  return (
    <Panel flush>
      <Filters />
      <Empty>The record of who did what is for administrators: {not}. Choose a project that you administrate.</Empty>
    </Panel>
  );
}

function Audit() {
  const search = route.useSearch();
  const list = useInfiniteQuery(audit(asked(search)));
  const filtered = Object.keys(search).length > 0;
  return (
    <Panel flush>
      <Filters />
      <Query of={list} rows={8}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              {items.length === 0 && !list.hasNextPage && <Empty>{filtered ? 'Nobody did anything like that.' : 'Each call that changes something will be here, with who made it: kept for 400 days. Flows say themselves who started them.'}</Empty>}
              {items.length === 0 && list.hasNextPage && <Empty>Nothing among the newest.</Empty>}
              <ul className="lines" aria-label="What was done">
                {items.map((item) => (
                  <Row key={`${item.request_id} ${item.at}`} item={item} />
                ))}
              </ul>
              <More of={list}>Earlier ones</More>
            </>
          );
        }}
      </Query>
    </Panel>
  );
}

function Filters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const known = useQuery(projects()).data?.items ?? [];
  const set = (part: AuditSearch | Record<keyof AuditSearch, undefined>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <form
      className="tools audit-tools"
      key={search.actor ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        set({ actor: (new FormData(event.currentTarget).get('actor') as string).trim() || undefined });
      }}
    >
      <TextField label="Who" name="actor" type="search" placeholder="name or id of a token" defaultValue={search.actor ?? ''} onBlur={(event) => (event.target.value.trim() || undefined) !== search.actor && set({ actor: event.target.value.trim() || undefined })} />
      <SelectField label="Project" choices={[{ value: '', label: 'all, and the system' }, ...known.map((project) => ({ value: project.id, label: project.name }))]} value={search.project ?? ''} onChoose={(project) => set({ project: project || undefined })} />
      <TextField label="From" type="date" value={search.from ?? ''} max={search.to} onChange={(event) => set({ from: event.target.value || undefined })} />
      <TextField label="To" type="date" value={search.to ?? ''} min={search.from} onChange={(event) => set({ to: event.target.value || undefined })} />
      {Object.keys(search).length > 0 && (
        <Button look="quiet" onClick={() => void navigate({ search: {}, replace: true })}>
          All
        </Button>
      )}
    </form>
  );
}

function Row({ item }: { item: AuditView }) {
  return (
    <li className="line-row audit-row">
      <time className="muted small num audit-at" dateTime={item.at}>
        {full(item.at)}
      </time>
      <bdi className="clip audit-who" title={`${item.actor} (token ${item.token})`}>
        {item.actor}
      </bdi>
      <span className="line-main row-wrap wrap-any">
        <span title={item.action}>{item.words ?? item.action}</span>
        <AuditPlace path={item.path} />
        {item.made && (
          <Tag>
            made {item.made.kind} <bdi>{item.made.id}</bdi>
          </Tag>
        )}
      </span>
      <span className="row small muted">
        <code className="clip audit-path" title={item.path}>
          {item.path}
        </code>
        <Copy text={item.request_id} what="request id" />
      </span>
    </li>
  );
}
