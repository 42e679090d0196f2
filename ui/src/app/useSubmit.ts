// Sending a form: busy while it goes on; what was refused is shown in the form, beside the field that it is about.
import { useState } from 'react';

import { ApiProblem } from '../api/problem.ts';

export function useSubmit() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  return {
    busy,
    error,
    clear: () => setError(undefined),
    /** Whether it was done. */
    submit: async (work: () => Promise<unknown>): Promise<boolean> => {
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (caught) {
        setError(caught);
        return false;
      } finally {
        setBusy(false);
      }
    },
    /** What the server says of a field, by its JSON pointer. */
    wrong: (path: string): string | undefined => (error instanceof ApiProblem ? error.fields.find((field) => field.path === path)?.message : undefined),
  };
}
