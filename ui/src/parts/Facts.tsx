/** Names and values in a row or a column: the header of a flow, the details of an agent. Empty values are left out. */
export function Facts({ facts, column }: { facts: [name: string, value: React.ReactNode][]; column?: boolean }) {
  return (
    <dl className={column ? 'facts facts-column' : 'facts'}>
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="wrap-any">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
