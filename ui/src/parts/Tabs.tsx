// Tabs whose choice is in the URL: each is a link, so it can be opened beside, copied, and gone back from.
import { useEffect, useRef } from 'react';

export function Tabs({ label, children }: { label: string; children: React.ReactNode }) {
  const nav = useRef<HTMLElement>(null);
  const seen = useRef<Element>(null);
  // Where there is little room the row scrolls: what was chosen is in sight, once; then people scroll as they like.
  useEffect(() => {
    // A link to the page without its search is active on all of them.
    const here = nav.current?.querySelector('[data-here]') ?? nav.current?.querySelector('[data-status=active]');
    if (!nav.current || !here || here === seen.current) return;
    seen.current = here;
    const [row, tab] = [nav.current.getBoundingClientRect(), here.getBoundingClientRect()];
    nav.current.scrollLeft += tab.left + tab.width / 2 - (row.left + row.width / 2);
  });
  return (
    <nav ref={nav} className="tabs" aria-label={label}>
      {children}
    </nav>
  );
}

export function TabText({ children, amount }: { children: React.ReactNode; amount?: string | number | undefined }) {
  return (
    <>
      {children}
      {amount !== undefined && <span className="tab-amount">{amount}</span>}
    </>
  );
}
