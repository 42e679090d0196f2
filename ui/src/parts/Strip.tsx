// The last flows of a branch as small bars, oldest first: height and colour tell failed from passed, the label says it in words.
import type { State } from '../words/states.ts';

export interface StripItem {
  id: string;
  label: string;
  state: State;
}

export function Strip({ items, link }: { items: StripItem[]; link?: (item: StripItem, bar: React.ReactElement) => React.ReactNode }) {
  const failed = items.filter((item) => item.state.look === 'failed').length;
  const label = items.length === 0 ? 'no flows yet' : `last ${items.length} flows, ${failed} failed, newest: ${items.at(-1)?.state.word ?? ''}`;
  if (!link) {
    return (
      <span className="strip" role="img" aria-label={label}>
        {items.map((item) => (
          <span key={item.id} className={`strip-bar look-${item.state.look}`} title={`${item.label} ${item.state.word}`} />
        ))}
      </span>
    );
  }
  return (
    <span className="strip" role="group" aria-label={label}>
      {items.map((item) => link(item, <span key={item.id} className={`strip-bar look-${item.state.look}`} title={`${item.label} ${item.state.word}`} />))}
    </span>
  );
}
