// A link that signs in was opened where somebody is signed in already: nobody becomes somebody else without being asked.
import { useSyncExternalStore } from 'react';

import { arrival, signInWith } from '../api/sign-in.ts';
import { Confirm } from '../parts/Dialog.tsx';

export function Arrival() {
  const waiting = useSyncExternalStore(arrival.subscribe, arrival.waiting);
  if (waiting === undefined) return null;
  const act = async () => {
    if (!(await signInWith(waiting.code))) throw new Error('The link did not work: it was used before, it is too old, or the server did not answer.');
    // What the pages show may be somebody else's now.
    location.reload();
  };
  return (
    <Confirm title="Sign in with this link?" verb="Sign in with the link" open onClose={arrival.drop} act={act}>
      <p>
        You are signed in as <bdi>{waiting.name}</bdi>. The link signs you in with the rights of whoever made it, in this browser and all its tabs.
      </p>
    </Confirm>
  );
}
