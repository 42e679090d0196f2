import { useQuery } from '@tanstack/react-query';

import { me } from '../../api/queries.ts';
import { settings } from '../../api/system.ts';
import { may } from '../../words/grants.ts';

/** Where others reach the server: what administrators set, as far as the person may know it, else where this page came from. */
export function useServerAddress(): string {
  const grants = useQuery(me()).data?.grants ?? [];
  const set = useQuery({ ...settings(), enabled: may(grants, 'admin', null) }).data?.public_url;
  return set?.replace(/\/+$/, '') ?? location.origin;
}
