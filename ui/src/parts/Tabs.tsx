// Tabs whose choice is in the URL: each is a link, so it can be opened beside, copied, and gone back from.

export function Tabs({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <nav className="tabs" aria-label={label}>
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
