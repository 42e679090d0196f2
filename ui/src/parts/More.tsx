import { Button } from './Button.tsx';

/** What an infinite query tells of its pages. */
export interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** The end of a list that is read page by page: the next one, while there is one. */
export function More({ of, children }: { of: Paged; children: React.ReactNode }) {
  if (!of.hasNextPage) return null;
  return (
    <p className="panel-note">
      <Button busy={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        {children}
      </Button>
    </p>
  );
}
