// Doing something on the server from a button: busy while it goes on, said when it is done, read again what it touched.
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { toast } from '../parts/Toasts.tsx';

interface After {
  /** What to say when it is done. */
  say?: string;
  /** Beginnings of keys of queries to read again. */
  touch: QueryKey[];
}

export function useAct() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  const done = async ({ say, touch }: After) => {
    if (say) toast.say(say);
    await Promise.all(touch.map((queryKey) => client.invalidateQueries({ queryKey })));
  };

  return {
    busy,
    /** Does it now; a failure becomes a message. Gives the answer, or `undefined`. */
    act: async <T>(call: () => Promise<T>, after: After): Promise<T | undefined> => {
      setBusy(true);
      try {
        const answer = await call();
        await done(after);
        return answer;
      } catch (error) {
        toast.fail(error);
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    /** For a dialog that shows failures itself. */
    actOrThrow: async <T>(call: () => Promise<T>, after: After): Promise<T> => {
      const answer = await call();
      await done(after);
      return answer;
    },
  };
}
