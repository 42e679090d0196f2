// The call behind live updates.
import { answer } from '../api/call.ts';
import { getChanges } from '../api/generated/sdk.gen.ts';
import { session } from '../api/session.ts';
import type { Ask } from './source.ts';

export const ask: Ask = async (keys, etag, signal) => {
  // Signed out: nothing to ask with. The next sign-in watches anew.
  if (session.token() === null) return null;
  const call = getChanges({
    query: { watch: keys.join(',') },
    headers: etag === undefined ? undefined : { 'If-None-Match': `"${etag}"` },
    // The browser must not answer a 304 with what it kept: only the difference counts here.
    cache: 'no-store',
    signal,
  });
  const result = await call;
  if (result.response?.status === 304) return null;
  return answer(Promise.resolve(result));
};
