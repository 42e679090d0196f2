// Secrets of a branch, and those that it has from its project. What they hold is never shown.
import { ProjectSecrets } from '../shared/secrets/ProjectSecrets.tsx';
import { SecretsPanel } from '../shared/secrets/SecretsPanel.tsx';
import { useHere } from './here.ts';

export function Secrets() {
  const { project, branch, not } = useHere();
  return (
    <div className="stack">
      <p className="muted">Steps of this branch can use both kinds. Of two with the same name, the branch’s own is used.</p>
      <SecretsPanel owner={{ of: 'branch', branch: branch.id }} not={not} />
      <ProjectSecrets project={project} branch={branch.id} />
    </div>
  );
}
