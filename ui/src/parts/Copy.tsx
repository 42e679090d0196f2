import { useEffect, useState } from 'react';

import { IconButton } from './Button.tsx';

/** Copies a text; says so for a moment. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), 1500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () => {
    // Without HTTPS the browser gives no clipboard.
    copyText(text).then(
      () => setSaid('copied'),
      () => setSaid('refused'),
    );
  };
  return (
    <>
      <IconButton icon={said === 'copied' ? 'check' : 'copy'} label={`Copy ${what}`} onClick={copy} />
      <span className="visually-hidden" role="status">
        {said === 'copied' && `${what} copied`}
        {said === 'refused' && `the browser refused to copy ${what}`}
      </span>
    </>
  );
}

export async function copyText(text: string): Promise<void> {
  if (!('clipboard' in navigator)) throw new Error('this browser gives no clipboard to pages without HTTPS');
  await navigator.clipboard.writeText(text);
}

/** A line of text to be copied whole: a command, a token. */
export function CopyLine({ text, what }: { text: string; what: string }) {
  return (
    <div className="copy-line">
      <code className="grow wrap-any">{text}</code>
      <Copy text={text} what={what} />
    </div>
  );
}
