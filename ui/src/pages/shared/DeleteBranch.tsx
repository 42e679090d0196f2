import { useNavigate } from '@tanstack/react-router';

import { deleteBranch } from '../../api/actions.ts';
import type { BranchView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { Confirm } from '../../parts/Dialog.tsx';

/** `project`: its name, as in addresses. */
export function DeleteBranch({ project, branch, open, onClose }: { project: string; branch: BranchView; open: boolean; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const navigate = useNavigate();
  return (
    <Confirm
      title={`Delete branch ${branch.name}?`}
      verb="Delete branch"
      danger
      open={open}
      onClose={onClose}
      act={async () => {
        await actOrThrow(() => deleteBranch(branch.id), { say: `Branch ${branch.name} is deleted`, touch: [['branches', project], ['every-branch']] });
        await navigate({ to: '/p/$project', params: { project } });
      }}
    >
      <p>
        The branch{' '}
        <strong>
          <bdi>{branch.name}</bdi>
        </strong>{' '}
        of <bdi>{project}</bdi> will be gone with its variables and secrets; this can’t be undone. A branch that still has stages is kept: delete those first.
      </p>
    </Confirm>
  );
}
