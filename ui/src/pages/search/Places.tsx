// What is called like what was searched for: projects, branches, flows, agents, groups, pages.
import { useRouter } from '@tanstack/react-router';

import { found, idEntry } from '../../app/jump.ts';
import { useEntries } from '../../app/useEntries.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { counted } from '../../words/amounts.ts';

/** More are found by more words. */
const SHOWN = 12;

export function Places({ q }: { q: string }) {
  const router = useRouter();
  const entries = useEntries();
  const named = idEntry(q);
  const fitting = found(entries, q);
  const shown = [...(named ? [named] : []), ...fitting.slice(0, SHOWN)];
  if (shown.length === 0) return null;
  return (
    <Panel title="Called so" aside={fitting.length > SHOWN && <span className="small muted">{counted(fitting.length - SHOWN, 'more is', 'more are')} not shown</span>} flush>
      <ul className="places">
        {shown.map((entry) => (
          <li key={entry.to}>
            <a
              href={entry.to}
              className="place"
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
                event.preventDefault();
                // An address as it stands, with its search.
                router.history.push(entry.to);
              }}
            >
              <Icon name={entry.icon} />
              <bdi className="clip grow">{entry.name}</bdi>
              <span className="muted small">{entry.kind}</span>
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
