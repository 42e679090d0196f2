import { useQuery } from '@tanstack/react-query';

import { answer } from '../../api/call.ts';
import { getStagesByStage } from '../../api/generated/sdk.gen.ts';
import type { StageView } from '../../api/generated/types.gen.ts';
import { Button } from '../../parts/Button.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Versions } from '../../parts/Versions.tsx';

interface Props {
  stage: StageView;
  mine: string;
  onKeepMine: (sha256: string) => void;
  onTakeTheirs: (theirs: StageView) => void;
}

/** Somebody else saved the stage meanwhile: both versions, and the choice. */
export function Conflict({ stage, mine, onKeepMine, onTakeTheirs }: Props) {
  const theirs = useQuery({
    queryKey: ['stage-theirs', stage.id],
    queryFn: ({ signal }) => answer(getStagesByStage({ path: { stage: stage.id }, signal })),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Panel title="Somebody else saved this stage meanwhile" className="conflict">
      <Query of={theirs}>
        {(data) => (
          <div className="stack">
            <Versions theirs={data.code ?? ''} mine={mine} />
            <div className="row row-wrap">
              <Button onClick={() => onTakeTheirs(data)}>Take theirs: mine is let go</Button>
              <Button onClick={() => onKeepMine(data.code_sha256)}>Go on with mine: the next save replaces theirs</Button>
            </div>
          </div>
        )}
      </Query>
    </Panel>
  );
}
