import { SecretsPanel } from '../shared/secrets/SecretsPanel.tsx';
import { useProject } from './useProject.ts';

export function Secrets() {
  const { name, not } = useProject('Secrets');
  return (
    <div className="stack">
      <p className="muted">All branches of the project can use these. A branch’s own secret of the same name comes before them.</p>
      <SecretsPanel owner={{ of: 'project', project: name }} not={not} />
    </div>
  );
}
