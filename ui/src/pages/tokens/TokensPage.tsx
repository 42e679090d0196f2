// API tokens: who may do what, until when.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import type { GrantView, ProjectView, TokenView } from '../../api/generated/types.gen.ts';
import { me, projects, tokens } from '../../api/queries.ts';
import { AdminOnly } from '../../app/AdminOnly.tsx';
import { useTitle } from '../../app/useTitle.ts';
import { Button } from '../../parts/Button.tsx';
import { TextField } from '../../parts/Fields.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { ENDS, revokeColumn } from './columns.tsx';
import { EnrolmentTokens } from './EnrolmentTokens.tsx';
import { NewTokenDialog } from './NewTokenDialog.tsx';
import { RevokeToken } from './RevokeToken.tsx';

const route = getRouteApi('/admin/tokens');

export function TokensPage() {
  useTitle('API tokens');
  return (
    <AdminOnly what="Tokens of others">
      <div className="stack">
        <Tokens />
        <EnrolmentTokens />
      </div>
    </AdminOnly>
  );
}

const grantWords = (grants: readonly GrantView[], known: readonly ProjectView[]): string[] =>
  grants.map((grant) => `${grant.role} of ${grant.project ? (known.find((project) => project.id === grant.project)?.name ?? 'a project') : 'everything'}`);

function Grants({ words }: { words: readonly string[] }) {
  return (
    <span className="row clip" title={words.join(', ')}>
      {words.map((word) => (
        <Tag key={word} look={word.startsWith('admin') ? 'tests' : 'idle'}>
          {word}
        </Tag>
      ))}
    </span>
  );
}

function Tokens() {
  const { q, sort } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (part: { q?: string | undefined; sort?: string | undefined }) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const list = useQuery(tokens());
  const known = useQuery(projects()).data?.items ?? [];
  const own = useQuery(me()).data?.token;
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenView>();
  const words = (token: TokenView) => grantWords(token.grants, known);
  const columns: Column<TokenView>[] = [
    {
      id: 'name',
      title: 'For',
      cell: (token) => (
        <span className="row">
          <bdi className="clip" title={token.name}>{token.name}</bdi>
          {token.id === own && <Tag>yours</Tag>}
        </span>
      ),
      sort: (token) => token.name,
    },
    { id: 'grants', title: 'May', cell: (token) => <Grants words={words(token)} />, sort: (token) => words(token).join(' '), width: '34%' },
    { id: 'made', title: 'Made', cell: (token) => <span className="muted small"><Ago at={token.created_at} /></span>, sort: (token) => Date.parse(token.created_at), width: '110px', right: true, spare: true },
    ENDS,
    revokeColumn(setRevoking),
  ];
  return (
    <>
      <Panel flush>
        <div className="tools">
          <TextField label="Filter tokens" hideLabel type="search" placeholder="Filter by name, role, project" value={q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
          <span className="muted small">A token stands for a person or a program. Its secret is shown once.</span>
          <span className="tools-end">
            <Button look="main" icon="plus" onClick={() => setMaking(true)}>
              New token
            </Button>
          </span>
        </div>
        <Query of={list}>
          {({ items, cut }) => {
            const asked = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
            const rows = items.filter((token) => {
              const about = `${token.name} ${words(token).join(' ')}`.toLowerCase();
              return asked.every((word) => about.includes(word));
            });
            return (
              <>
                <Table label="API tokens" columns={columns} rows={rows} rowKey={(token) => token.id} sort={sort} onSort={(next) => set({ sort: next })} empty={<Empty>{items.length === 0 ? 'No tokens.' : 'No token is like that.'}</Empty>} />
                {cut && <p className="panel-note small muted">These are the first {counted(items.length, 'token')}.</p>}
              </>
            );
          }}
        </Query>
      </Panel>
      <NewTokenDialog open={making} onClose={() => setMaking(false)} />
      <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />
    </>
  );
}
