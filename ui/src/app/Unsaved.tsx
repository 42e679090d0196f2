// What somebody wrote is not lost by a click elsewhere, nor by closing the tab: both ask first.
import { useBlocker } from '@tanstack/react-router';

import { Confirm } from '../parts/Dialog.tsx';

interface Props {
  /** There is something to lose. */
  when: boolean;
  /** What would be lost: `the stage build`. */
  what: string;
}

/** Stands in a page that is edited. Who leaves after saving says so by `ignoreBlocker`. */
export function Unsaved({ when, what }: Props) {
  const leaving = useBlocker({ shouldBlockFn: () => when, enableBeforeUnload: () => when, withResolver: true });
  return (
    <Confirm
      title="Leave without saving?"
      verb="Leave, and lose it"
      danger
      open={leaving.status === 'blocked'}
      onClose={() => leaving.reset?.()}
      act={() => {
        leaving.proceed?.();
        return Promise.resolve();
      }}
    >
      <p>
        What you changed in <bdi>{what}</bdi> is not saved.
      </p>
    </Confirm>
  );
}
