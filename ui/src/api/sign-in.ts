// Signing in by the address that `kraken ui` shows: behind its # there is a code, good once, for which the server gives a token.
//
// The code leaves the address, and with it the history, before anything else happens.
import './call.ts';
import { deleteTokensByToken, getMe, postSignIn } from './generated/sdk.gen.ts';
import { session } from './session.ts';

const CODE = /^#sign-in=([\w-]+)$/;
const WITHIN_MS = 10_000;

/** The code in the address, which is not there any more when this returns. */
export function takeCode(): string | undefined {
  const code = CODE.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

interface Waiting {
  code: string;
  /** Who is signed in. */
  name: string;
}
let waiting: Waiting | undefined;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** A code that came while somebody was signed in, until that person says what to do. */
export const arrival = {
  waiting: (): Waiting | undefined => waiting,
  drop: (): void => {
    waiting = undefined;
    tell();
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Signs in with a code where nobody is signed in; where somebody is, the code waits. Whether somebody else is signed in now. */
export async function arrive(code: string): Promise<boolean> {
  const name = await nameOfWhoIsIn();
  if (name === undefined) return signInWith(code);
  waiting = { code, name };
  tell();
  return false;
}

/** Nothing when there is no token, or one that the server does not know any more. */
async function nameOfWhoIsIn(): Promise<string | undefined> {
  if (session.token() === null) return undefined;
  try {
    const { data, response } = await getMe({ signal: AbortSignal.timeout(WITHIN_MS) });
    return data?.name ?? (response?.status === 401 ? undefined : 'somebody');
  } catch {
    return 'somebody';
  }
}

/** Signs in with a code, or has the page say why not. Whoever is signed in stays so: a refused code says nothing about their token. */
export async function signInWith(code: string): Promise<boolean> {
  try {
    const { data, response } = await postSignIn({ body: { code }, signal: AbortSignal.timeout(WITHIN_MS) });
    if (data) {
      void forgetOwn();
      session.signIn(data.secret, data.id);
      return true;
    }
    session.turnAway(response?.status === 401 ? 'code' : 'away');
  } catch {
    session.turnAway('away');
  }
  return false;
}

/** Has the server forget the token if it was made for this browser alone. That it does not answer holds up nobody: the token ends by itself. */
export async function forgetOwn(): Promise<void> {
  const [token, id] = [session.token(), session.own()];
  if (token === null || id === null) return;
  try {
    await deleteTokensByToken({ path: { token: id }, auth: () => token, signal: AbortSignal.timeout(WITHIN_MS) });
  } catch {
    // It ends by itself.
  }
}
