// Copying a text. Without HTTPS browsers give pages no clipboard: then the old way is tried, and where that fails, too, the text is shown
// selected, with what to press.
import { useEffect, useRef, useState } from 'react';

import { IconButton } from './Button.tsx';

const SAID_MS = 1500;

/** Copies a text; says so for a moment. `shown`: the element that shows it already. */
export function Copy({ text, what, shown }: { text: string; what: string; shown?: React.RefObject<HTMLElement | null> }) {
  const [said, setSaid] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (said !== 'copied') return;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    copyText(text).then(
      () => setSaid('copied'),
      () => {
        if (shown?.current) getSelection()?.selectAllChildren(shown.current);
        setSaid('refused');
      },
    );
  };
  return (
    <>
      <IconButton icon={said === 'copied' ? 'check' : 'copy'} label={`Copy ${what}`} onClick={copy} />
      <span className="visually-hidden" role="status">
        {said === 'copied' && `${what} copied`}
      </span>
      {said === 'refused' && <ByHand text={text} what={what} shown={shown !== undefined} />}
    </>
  );
}

/** What to do where the browser copies nothing. `shown`: the text stands beside it, selected. */
export function ByHand({ text, what, shown = false }: { text: string; what: string; shown?: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.select();
  }, []);
  return (
    <span className="by-hand small" role="status">
      {!shown && <input ref={field} className="input" readOnly value={text} aria-label={what} />}
      This browser did not let the page copy. The {what} is selected: press Ctrl C (or ⌘ C).
    </span>
  );
}

/** The way before there were clipboards for pages: what is selected in a field. It works without HTTPS. */
function copySelected(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'visually-hidden';
  const before = document.activeElement;
  // Inside an open dialog: focus cannot leave that.
  (before?.closest('[role="dialog"]') ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand('copy'); // eslint-disable-line @typescript-eslint/no-deprecated -- nothing else works without HTTPS
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(text)) throw new Error('this browser did not let the page copy');
  }
}

/** A line of text to be copied whole: a command, a token. */
export function CopyLine({ text, what }: { text: string; what: string }) {
  const shown = useRef<HTMLElement>(null);
  return (
    <div className="copy-line">
      <code ref={shown} className="grow wrap-any">{text}</code>
      <Copy text={text} what={what} shown={shown} />
    </div>
  );
}
