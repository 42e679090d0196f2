// The page's layout before its data is there. Drawn only after 150 ms (in CSS): what comes at once never flickers.

export function Skeleton({ rows = 1, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="skeleton-row" />
      ))}
    </div>
  );
}
