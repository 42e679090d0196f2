import { useQuery } from '@tanstack/react-query';

import { variables } from '../../api/branch-settings.ts';
import type { VariablesView } from '../../api/generated/types.gen.ts';
import { Button } from '../../parts/Button.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { differences, merged } from './env.ts';

interface Props {
  branch: string;
  /** What both edits came from. */
  from: Record<string, string>;
  mine: Record<string, string>;
  /** Goes on from what is stored now, with these variables in the rows. */
  onTake: (stored: VariablesView, next: Record<string, string>) => void;
}

/** Somebody else changed the branch meanwhile: where both versions differ, and the choice. */
export function EnvConflict({ branch, from, mine, onTake }: Props) {
  const { queryKey, queryFn } = variables(branch);
  const stored = useQuery({ queryKey: [...queryKey, 'stored'], queryFn, staleTime: 0, gcTime: 0 });
  return (
    <Panel title="Somebody else changed this branch meanwhile" className="conflict">
      <Query of={stored}>
        {(theirs) => {
          const differ = differences(theirs.variables, mine);
          return (
            <div className="stack">
              {differ.length === 0 ? (
                <p>Its variables are what you have here.</p>
              ) : (
                <table className="table" aria-label="Where the versions differ">
                  <thead>
                    <tr>
                      <th scope="col">Variable</th>
                      <th scope="col">Stored now</th>
                      <th scope="col">Yours</th>
                    </tr>
                  </thead>
                  <tbody>
                    {differ.map((item) => (
                      <tr key={item.name}>
                        <td>
                          <code>{item.name}</code>
                        </td>
                        <td>
                          <Value of={item.theirs} />
                        </td>
                        <td>
                          <Value of={item.mine} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              <div className="row row-wrap">
                <Button look="main" onClick={() => onTake(theirs, merged(from, theirs.variables, mine))}>
                  Put my changes on theirs
                </Button>
                <Button onClick={() => onTake(theirs, mine)}>Go on with mine: the next save replaces theirs</Button>
                <Button onClick={() => onTake(theirs, theirs.variables)}>Take theirs</Button>
              </div>
            </div>
          );
        }}
      </Query>
    </Panel>
  );
}

function Value({ of }: { of: string | undefined }) {
  return of === undefined ? <span className="muted">none</span> : <code title={of}>{of === '' ? '(empty)' : of}</code>;
}
