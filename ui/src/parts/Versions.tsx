/** Two versions of one thing side by side: what is stored now, and what somebody wants to store. */
export function Versions({ theirs, mine }: { theirs: string; mine: string }) {
  return (
    <div className="versions">
      <figure>
        <figcaption className="field-label">Stored now</figcaption>
        <pre tabIndex={0}>{theirs}</pre>
      </figure>
      <figure>
        <figcaption className="field-label">Yours</figcaption>
        <pre tabIndex={0}>{mine}</pre>
      </figure>
    </div>
  );
}
