// Ctrl K: jump to a project, branch, agent, group or page; or to whatever an id names.
import { Dialog as Base } from '@base-ui/react/dialog';
import { useRouter } from '@tanstack/react-router';
import { useId, useState } from 'react';

import { Icon } from '../parts/Icon.tsx';
import { type Entry, found, idEntry } from './jump.ts';
import { useEntries } from './useEntries.ts';

const SHOWN = 40;

export default function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const list = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries();
  const named = idEntry(text);
  const words = text.trim();
  const everywhere: Entry[] = words === '' || named ? [] : [{ icon: 'search', kind: 'search', name: `“${words}” in all logs`, to: `/search?q=${encodeURIComponent(words)}` }];
  const shown = [...(named ? [named] : []), ...found(entries, text).slice(0, SHOWN), ...everywhere];
  const chosen = Math.min(at, shown.length - 1);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // An address as it stands, with its search.
    router.history.push(entry.to);
  };
  const keys = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      const next = (chosen + by + shown.length) % Math.max(1, shown.length);
      setAt(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(shown[chosen]);
    }
  };
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog palette" aria-label="Search or jump">
          <input
            className="palette-input"
            role="combobox"
            aria-expanded
            aria-controls={list}
            aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
            aria-label="Search or jump"
            placeholder="Project, branch, flow, agent, group, or an id"
            value={text}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
            onKeyDown={keys}
          />
          <ul id={list} role="listbox" aria-label="Places" className="palette-list">
            {shown.map((entry, index) => (
              // The keyboard acts on the input, which names this option.
              <li key={entry.to} id={`${list}-${index}`} role="option" aria-selected={index === chosen} className="palette-item" onClick={() => go(entry)} onMouseMove={() => setAt(index)}>
                <Icon name={entry.icon} />
                <bdi className="clip grow">{entry.name}</bdi>
                <span className="muted small">{entry.kind}</span>
              </li>
            ))}
          </ul>
          {shown.length === 0 && <p className="palette-none muted">Nothing is called that.</p>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
