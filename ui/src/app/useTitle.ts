import { useEffect } from 'react';

/** The tab's title: what the page is about first, so that many tabs can be told apart. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Kraken` : 'Kraken';
  }, [title]);
}
