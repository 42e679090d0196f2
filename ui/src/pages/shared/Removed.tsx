import { useQuery } from '@tanstack/react-query';

import { flow } from '../../api/queries.ts';
import { Banner } from '../../parts/Banner.tsx';
import { removedWords } from '../../words/retention.ts';

interface Props {
  what: 'logs' | 'artifacts';
  /** The flow it is in. */
  of: string;
  /** What lost them: a flow, a run, a job. */
  made: { created_at: string; completed_at?: string | null };
}

/** Above logs and artifacts that retention removed: without it they look as if there had never been any. */
export function Removed({ what, of, made }: Props) {
  const found = useQuery(flow(of)).data;
  const words = found && removedWords(made, what === 'logs' ? found.without_logs_since : found.without_artifacts_since);
  if (!words) return null;
  return (
    <Banner look="cancelled">
      {what === 'logs' ? 'Log' : 'Artifacts'}: {words}.
    </Banner>
  );
}
