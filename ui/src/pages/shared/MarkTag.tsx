import { Tag } from '../../parts/State.tsx';
import type { Mark } from '../../words/marks.ts';

/** What turned: `broke` passed before and fails now, `mended` the other way round. */
export function MarkTag({ mark }: { mark: Mark }) {
  return <Tag look={mark === 'broke' ? 'failed' : 'passed'}>{mark === 'broke' ? '▼ broke' : '▲ mended'}</Tag>;
}
