import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { Strip } from '../../parts/Strip.tsx';
import { flowState } from '../../words/states.ts';
import { called } from '../../words/labels.ts';

/** The last flows of a branch, oldest first, each a link. `flows` are newest first, as the API gives them. */
export function FlowStrip({ flows }: { flows: readonly FlowView[] }) {
  const items = flows.map((flow) => ({ id: flow.id, label: `flow ${called(flow.label)}`, state: flowState(flow) })).reverse();
  return (
    <Strip
      items={items}
      link={(item, bar) => (
        <Link key={item.id} to="/flows/$flow" params={{ flow: item.id }} className="strip-link" aria-label={`${item.label} ${item.state.word}`} preload={false}>
          {bar}
        </Link>
      )}
    />
  );
}
