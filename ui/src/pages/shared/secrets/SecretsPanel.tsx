// The secrets of a project or a branch: their names and what they are for, to be made, replaced and deleted. What they hold is never shown.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { SecretView } from '../../../api/generated/types.gen.ts';
import { deleteSecret, type SecretOwner, secrets, secretsKey } from '../../../api/secrets.ts';
import { useAct } from '../../../app/useAct.ts';
import { Button } from '../../../parts/Button.tsx';
import { Copy } from '../../../parts/Copy.tsx';
import { Confirm } from '../../../parts/Dialog.tsx';
import { Empty, Panel } from '../../../parts/Panel.tsx';
import { Query } from '../../../parts/Query.tsx';
import { Tag } from '../../../parts/State.tsx';
import { type Column, Table } from '../../../parts/Table.tsx';
import { Ago } from '../../../parts/Time.tsx';
import { kindWord, references } from './kinds.ts';
import { SecretDialog } from './SecretDialog.tsx';

/** `not`: why the person may not change them; absent: they may. */
export function SecretsPanel({ owner, not }: { owner: SecretOwner; not: string | undefined }) {
  const list = useQuery(secrets(owner));
  const [over, setOver] = useState<{ what: 'set'; secret: SecretView | undefined } | { what: 'delete'; secret: SecretView }>();
  const taken = new Set(list.data?.items.map((item) => item.name));
  const close = () => setOver(undefined);
  const make = (look: 'plain' | 'main') => (
    <Button icon="plus" look={look} why={not} onClick={() => setOver({ what: 'set', secret: undefined })}>
      New secret
    </Button>
  );
  const columns: Column<SecretView>[] = [
    ...COLUMNS,
    {
      id: 'do',
      title: 'Actions',
      cell: (secret) => (
        <span className="row">
          <Button look="quiet" why={not} aria-label={`Replace ${secret.name}`} onClick={() => setOver({ what: 'set', secret })}>
            Replace
          </Button>
          <Button look="quiet" why={not} aria-label={`Delete ${secret.name}`} onClick={() => setOver({ what: 'delete', secret })}>
            Delete
          </Button>
        </span>
      ),
      width: '174px',
    },
  ];
  return (
    <>
      <Panel title={owner.of === 'project' ? 'Secrets of all branches' : 'Secrets of this branch'} aside={(list.data?.items.length ?? 0) > 0 && make('plain')} flush>
        <Query of={list}>
          {({ items }) => (
            <Table
              label="Secrets"
              columns={columns}
              rows={items}
              rowKey={(secret) => secret.name}
              empty={<Empty action={make('main')}>Tokens, passwords and keys that steps need will be here by name. What they hold is sealed, never shown, and kept out of logs.</Empty>}
            />
          )}
        </Query>
      </Panel>
      <SecretDialog key={over?.secret?.name ?? 'new'} open={over?.what === 'set'} owner={owner} secret={over?.what === 'set' ? over.secret : undefined} taken={taken} onClose={close} />
      <DeleteSecret owner={owner} secret={over?.what === 'delete' ? over.secret : undefined} onClose={close} />
    </>
  );
}

/** What everybody who may look sees of a secret. */
export const COLUMNS: readonly Column<SecretView>[] = [
  {
    id: 'name',
    title: 'Name',
    cell: (secret) => (
      <span className="row">
        <code className="clip" title={secret.name}>{secret.name}</code>
        {!secret.set && <Tag look="tests">to be set</Tag>}
      </span>
    ),
  },
  { id: 'kind', title: 'Holds', cell: (secret) => kindWord(secret.kind), width: '144px', spare: true },
  {
    id: 'used',
    title: 'In stages',
    cell: (secret) => {
      const [first = ''] = references(secret.name, secret.kind);
      return (
        <span className="row">
          <code className="clip" title={references(secret.name, secret.kind).join('  ')}>{first}</code>
          <Copy text={first} what={`how stages name ${secret.name}`} />
        </span>
      );
    },
    width: '27%',
    spare: true,
  },
  { id: 'note', title: 'For', cell: (secret) => <bdi className="clip muted" title={secret.note}>{secret.note}</bdi>, spare: true },
  {
    id: 'changed',
    title: 'Set',
    cell: (secret) => (
      <span className="muted small clip" title={secret.changed_by ? `by ${secret.changed_by}` : undefined}>
        <Ago at={secret.changed_at} />
        {secret.changed_by && (
          <>
            {' '}by <bdi>{secret.changed_by}</bdi>
          </>
        )}
      </span>
    ),
    width: '150px',
    spare: true,
  },
];

function DeleteSecret({ owner, secret, onClose }: { owner: SecretOwner; secret: SecretView | undefined; onClose: () => void }) {
  const { actOrThrow } = useAct();
  return (
    <Confirm
      title={`Delete ${secret?.name ?? ''}?`}
      verb="Delete the secret"
      danger
      open={secret !== undefined}
      onClose={onClose}
      act={async () => {
        if (secret) await actOrThrow(() => deleteSecret(owner, secret.name), { say: `${secret.name} is deleted`, touch: [secretsKey(owner)] });
      }}
    >
      <p>
        What <code>{secret?.name}</code> holds is gone; this can’t be undone. Steps that name it fail from then on
        {owner.of === 'branch' ? ', unless the project has a secret of the same name: that is used then' : ', in all branches without a secret of that name of their own'}.
      </p>
    </Confirm>
  );
}
