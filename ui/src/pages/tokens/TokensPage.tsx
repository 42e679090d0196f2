// API tokens: who may do what, until when.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { deleteToken } from '../../api/actions.ts';
import type { GrantView, ProjectView, TokenView } from '../../api/generated/types.gen.ts';
import { projects, tokens } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago } from '../../parts/Time.tsx';
import { NewTokenDialog } from './NewTokenDialog.tsx';

function Grants({ grants, known }: { grants: readonly GrantView[]; known: readonly ProjectView[] }) {
  const words = grants.map((grant) => `${grant.role} of ${grant.project ? (known.find((project) => project.id === grant.project)?.name ?? 'a project') : 'everything'}`);
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

export function TokensPage() {
  useTitle('API tokens');
  const list = useQuery(tokens());
  const known = useQuery(projects()).data?.items ?? [];
  const { actOrThrow } = useAct();
  const [making, setMaking] = useState(false);
  const not = useWhyNot('admin', null);
  const [revoking, setRevoking] = useState<TokenView>();
  const columns: Column<TokenView>[] = [
    { id: 'name', title: 'For', cell: (token) => <bdi className="clip" title={token.name}>{token.name}</bdi> },
    { id: 'grants', title: 'May', cell: (token) => <Grants grants={token.grants} known={known} />, width: '40%' },
    { id: 'made', title: 'Made', cell: (token) => <span className="muted small"><Ago at={token.created_at} /></span>, width: '110px', right: true, spare: true },
    { id: 'ends', title: 'Ends', cell: (token) => <span className="small">{token.expires_at ? <Ago at={token.expires_at} /> : 'never'}</span>, width: '110px', right: true, spare: true },
    {
      id: 'revoke',
      title: 'Revoke',
      cell: (token) => (
        <Button look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
          Revoke
        </Button>
      ),
      width: '96px',
    },
  ];
  return (
    <div className="page">
      <PageHead
        title="API tokens"
        actions={
          <Button look="main" icon="plus" why={not} onClick={() => setMaking(true)}>
            New token
          </Button>
        }
      >
        <p className="muted">A token stands for a person or a program. Its secret is shown once.</p>
      </PageHead>
      <Panel flush>
        <Query of={list}>
          {({ items }) => <Table label="API tokens" columns={columns} rows={items} rowKey={(token) => token.id} empty={<Empty>No tokens.</Empty>} />}
        </Query>
      </Panel>
      <NewTokenDialog open={making} onClose={() => setMaking(false)} />
      <Confirm
        title={`Revoke ${revoking?.name ?? ''}?`}
        verb="Revoke the token"
        danger
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        act={async () => {
          if (revoking) await actOrThrow(() => deleteToken(revoking.id), { say: `The token ${revoking.name} is worth nothing now`, touch: [['tokens']] });
        }}
      >
        <p>
          Whoever uses{' '}
          <strong>
            <bdi>{revoking?.name}</bdi>
          </strong>{' '}
          is refused from then on. If it is yours, you are signed out.
        </p>
      </Confirm>
    </div>
  );
}
