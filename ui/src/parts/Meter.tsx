/** How jobs of a run stand, as one bar: errors, passed, running, waiting. The numbers stand beside it. */
export function Meter({ parts, label }: { parts: { look: string; value: number }[]; label: string }) {
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <span className="meter" role="img" aria-label={label}>
      {parts.map((part) => part.value > 0 && <span key={part.look} className={`meter-part look-${part.look}`} style={{ flexGrow: part.value / Math.max(1, total) }} />)}
    </span>
  );
}
