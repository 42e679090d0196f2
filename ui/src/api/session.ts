// Who is signed in on this browser: one API token, kept in local storage so that all tabs share it.
//
// Storage may be refused or full; then the token lives as long as the tab.

const KEY = 'kraken.token';

type Listener = () => void;
const listeners = new Set<Listener>();
let token = stored();
/** Why nobody is signed in: the server turned the last token away, or the code of a link, or did not answer about that one. */
export type Refusal = 'token' | 'code' | 'away';
let refusal: Refusal | undefined;

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

export const session = {
  token: (): string | null => token,

  refusal: (): Refusal | undefined => refusal,

  signIn(secret: string): void {
    token = secret;
    refusal = undefined;
    try {
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
    try {
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
    token = stored();
    tell();
  });
}
