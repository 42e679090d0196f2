// Which branch the settings are of: read once by their frame.
import { createContext, use } from 'react';

import type { BranchView } from '../../api/generated/types.gen.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';

export interface Here {
  /** The project's name. */
  project: string;
  branch: BranchView;
}

export const HereContext = createContext<Here | undefined>(undefined);

/** `not`: why it is not for who is signed in to change it. */
export function useHere(): Here & { not: string | undefined } {
  const here = use(HereContext);
  if (here === undefined) throw new Error('a tab of the settings stands outside their frame');
  const not = useWhyNot('admin', here.branch.project);
  return { ...here, not };
}
