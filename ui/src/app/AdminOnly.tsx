import { Empty, Panel } from '../parts/Panel.tsx';
import { useWhyNot } from './useWhyNot.ts';

/** What only administrators of the system may see; others read so instead of a refused call. */
export function AdminOnly({ what, children }: { what: string; children: React.ReactNode }) {
  const not = useWhyNot('admin', null);
  if (not === undefined) return children;
  return (
    <Panel>
      <Empty>
        {what} {not.replace(/^it needs/, 'need')}.
      </Empty>
    </Panel>
  );
}
