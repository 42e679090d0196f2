import { useQuery } from '@tanstack/react-query';

import { retention } from '../../api/branch-settings.ts';
import type { KeepView as Keep, RetentionView } from '../../api/generated/types.gen.ts';
import { Button } from '../../parts/Button.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Versions } from '../../parts/Versions.tsx';
import { same, told, toldBeside } from './retention.ts';

interface Both {
  ci: Keep;
  dev: Keep;
}

const words = ({ ci, dev }: Both): string => [['CI', ci] as const, ['DEV', dev] as const].flatMap(([kind, keep]) => [told(kind, keep), `  ${toldBeside('Logs', keep.logs_days)} ${toldBeside('Artifacts', keep.artifacts_days)}`]).join('\n');

interface Props {
  branch: string;
  mine: Both;
  /** Goes on from what is stored now, with these numbers in the form. */
  onTake: (stored: RetentionView, keep: Both) => void;
}

/** Somebody else changed the branch meanwhile: both versions, and the choice. */
export function RetentionConflict({ branch, mine, onTake }: Props) {
  const { queryKey, queryFn } = retention(branch);
  const stored = useQuery({ queryKey: [...queryKey, 'stored'], queryFn, staleTime: 0, gcTime: 0 });
  return (
    <Panel title="Somebody else changed this branch meanwhile" className="conflict">
      <Query of={stored}>
        {(theirs) => (
          <div className="stack">
            {same(theirs.ci, mine.ci) && same(theirs.dev, mine.dev) ? <p>How long flows are kept is what you have here.</p> : <Versions theirs={words(theirs)} mine={words(mine)} />}
            <div className="row row-wrap">
              <Button onClick={() => onTake(theirs, mine)}>Go on with mine: the next save replaces theirs</Button>
              <Button onClick={() => onTake(theirs, theirs)}>Take theirs</Button>
            </div>
          </div>
        )}
      </Query>
    </Panel>
  );
}
