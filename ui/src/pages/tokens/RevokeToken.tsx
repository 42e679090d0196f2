import { useQuery } from '@tanstack/react-query';

import { deleteToken } from '../../api/actions.ts';
import type { TokenView } from '../../api/generated/types.gen.ts';
import { me } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { Confirm } from '../../parts/Dialog.tsx';

export function RevokeToken({ token, onClose }: { token: TokenView | undefined; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const own = useQuery(me()).data?.token;
  return (
    <Confirm
      title={`Revoke ${token?.name ?? ''}?`}
      verb="Revoke the token"
      danger
      open={token !== undefined}
      onClose={onClose}
      act={async () => {
        if (token) await actOrThrow(() => deleteToken(token.id), { say: `The token ${token.name} is worth nothing now`, touch: [['tokens']] });
      }}
    >
      <p>
        Whoever uses{' '}
        <strong>
          <bdi>{token?.name}</bdi>
        </strong>{' '}
        is refused from then on. {token !== undefined && token.id === own && 'It is the one that you are signed in with: you are signed out.'}
      </p>
    </Confirm>
  );
}
