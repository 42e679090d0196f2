// Signing in by the address that `kraken ui` shows: behind its # there is a code, good once, for which the server gives a token.
//
// The code leaves the address, and with it the history, before anything else happens.
import './call.ts';
import { postSignIn } from './generated/sdk.gen.ts';
import { session } from './session.ts';

const CODE = /^#sign-in=([\w-]+)$/;
const WITHIN_MS = 10_000;

/** The code in the address, which is not there any more when this returns. */
export function takeCode(): string | undefined {
  const code = CODE.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

/** Signs in with a code, or has the page say why not. Whoever is signed in stays so: a refused code says nothing about their token. */
export async function signInWith(code: string): Promise<void> {
  try {
    const { data, response } = await postSignIn({ body: { code }, signal: AbortSignal.timeout(WITHIN_MS) });
    if (data) session.signIn(data.secret);
    else session.turnAway(response?.status === 401 ? 'code' : 'away');
  } catch {
    session.turnAway('away');
  }
}
