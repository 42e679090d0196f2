import { useNavigate } from '@tanstack/react-router';

import { deleteProject } from '../../api/actions.ts';
import { useAct } from '../../app/useAct.ts';
import { Confirm } from '../../parts/Dialog.tsx';

export function DeleteProject({ name, open, onClose }: { name: string; open: boolean; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const navigate = useNavigate();
  return (
    <Confirm
      title={`Delete project ${name}?`}
      verb="Delete project"
      danger
      open={open}
      onClose={onClose}
      act={async () => {
        await actOrThrow(() => deleteProject(name), { say: `Project ${name} is deleted`, touch: [['projects'], ['every-branch']] });
        await navigate({ to: '/' });
      }}
    >
      <p>
        The project <strong><bdi>{name}</bdi></strong> will be gone, with its secrets and webhooks; this can’t be undone. A project that still has branches is kept: delete those first.
      </p>
    </Confirm>
  );
}
