/** The sign of the house. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <g fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round">
        <path d="M7.500 11V9a4.500 4.500 0 0 1 9 0v2" />
        <path d="M7.500 11c0 4-3.500 3-3.500 8M10.500 12.500c0 4-1.500 3.500-1.500 7M13.500 12.500c0 4 1.500 3.500 1.500 7M16.500 11c0 4 3.500 3 3.500 8" />
      </g>
    </svg>
  );
}
