import { useQueryClient } from '@tanstack/react-query';

import { session } from '../api/session.ts';
import { forgetOwn } from '../api/sign-in.ts';

/** Signs out, here and in all tabs; a token that was this browser's alone ends. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => {
    void forgetOwn();
    session.signOut();
    client.clear();
  };
}
