// Who is signed in on this browser: one API token, kept in local storage so that all tabs share it.
//
// Storage may be refused or full; then the token lives as long as the tab.

const KEY = 'kraken.token';
/** The id of the token, where it was made for this browser alone. */
const OWN = 'kraken.token.own';

type Listener = () => void;
const listeners = new Set<Listener>();
let token = stored(KEY);
let own = stored(OWN);
/** Why nobody is signed in: the server turned the last token away, or the code of a link, or did not answer about that one. */
export type Refusal = 'token' | 'code' | 'away';
let refusal: Refusal | undefined;

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

export const session = {
  token: (): string | null => token,

  /** The id of the token, if it is this browser's own: nobody else bears it. */
  own: (): string | null => own,

  refusal: (): Refusal | undefined => refusal,

  signIn(secret: string, id: string | null = null): void {
    token = secret;
    own = id;
    refusal = undefined;
    try {
      if (id === null) localStorage.removeItem(OWN);
      else localStorage.setItem(OWN, id);
      localStorage.setItem(KEY, secret);
    } catch {
      // Kept in memory only.
    }
    tell();
  },

  /** `turnedAway`: not by the person's wish, the server does not know the token any more. */
  signOut(turnedAway = false): void {
    refusal = turnedAway && token !== null ? 'token' : undefined;
    token = null;
    own = null;
    try {
      localStorage.removeItem(OWN);
      localStorage.removeItem(KEY);
    } catch {
      // It never was there.
    }
    tell();
  },

  /** A try to sign in came to nothing. */
  turnAway(why: Refusal): void {
    refusal = why;
    tell();
  },

  subscribe: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

if (typeof window !== 'undefined') {
  // Another tab signed in or out.
  window.addEventListener('storage', (event) => {
    if (event.key !== KEY && event.key !== null) return;
    token = stored(KEY);
    own = stored(OWN);
    tell();
  });
}
