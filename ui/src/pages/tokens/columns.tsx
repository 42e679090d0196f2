// Columns of tables of API tokens, wherever such a table stands.
import type { TokenView } from '../../api/generated/types.gen.ts';
import { Button } from '../../parts/Button.tsx';
import type { Column } from '../../parts/Table.tsx';
import { Ago } from '../../parts/Time.tsx';

export const ENDS: Column<TokenView> = {
  id: 'ends',
  title: 'Ends',
  cell: (token) => <span className="small">{token.expires_at ? <Ago at={token.expires_at} /> : 'never'}</span>,
  sort: (token) => (token.expires_at ? Date.parse(token.expires_at) : undefined),
  width: '110px',
  right: true,
  spare: true,
};

export const revokeColumn = (onRevoke: (token: TokenView) => void): Column<TokenView> => ({
  id: 'revoke',
  title: 'Revoke',
  cell: (token) => (
    <Button look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
      Revoke
    </Button>
  ),
  width: '96px',
});
