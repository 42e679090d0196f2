// Adding an agent: a token that lets it in, and the command to run on its host.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { deleteEnrolmentToken, makeEnrolmentToken } from '../../api/actions.ts';
import type { EnrolmentTokenMade } from '../../api/generated/types.gen.ts';
import { enrolmentTokens, groups } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { Button } from '../../parts/Button.tsx';
import { CopyLine } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { Checkbox } from '../../parts/Fields.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Ago } from '../../parts/Time.tsx';
import { useServerAddress } from '../shared/useServerAddress.ts';
import { Groups } from './AgentsPage.tsx';

export function EnrolDialog({ open, onClose, group }: { open: boolean; onClose: () => void; group?: string | undefined }) {
  const [made, setMade] = useState<EnrolmentTokenMade>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Dialog title="Add an agent" open={open} onClose={close} wide keep={made !== undefined}>
      {made ? <Command made={made} onDone={close} /> : <Wish group={group} onMade={setMade} />}
    </Dialog>
  );
}

function Wish({ group, onMade }: { group: string | undefined; onMade: (made: EnrolmentTokenMade) => void }) {
  const { actOrThrow } = useAct();
  const known = useQuery(groups()).data?.items ?? [];
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(group === undefined ? [] : [group]));
  const [reusable, setReusable] = useState(false);
  const { busy, error, submit } = useSubmit();
  const flip = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };
  const make = () => submit(async () => onMade(await actOrThrow(() => makeEnrolmentToken({ groups: [...chosen], reusable }), { touch: [['enrolment-tokens']] })));
  return (
    <>
      <div className="dialog-body stack">
        <p>An enrolment token lets an agent in. It is good for a day.</p>
        {known.length > 0 && (
          <fieldset className="arguments">
            <legend className="field-label">Groups, besides “all”</legend>
            <div className="checks">
              {known.map((item) => (
                <Checkbox key={item.name} label={<bdi>{item.name}</bdi>} checked={chosen.has(item.name)} onChange={() => flip(item.name)} />
              ))}
            </div>
          </fieldset>
        )}
        <Checkbox label="For several agents" hint="Without, the first agent that uses it is the only one." checked={reusable} onChange={() => setReusable(!reusable)} />
        <Open />
        {error !== undefined && <ProblemNote error={error} />}
      </div>
      <footer className="dialog-foot">
        <Button look="main" busy={busy} onClick={() => void make()}>
          Make a token
        </Button>
      </footer>
    </>
  );
}

/** Tokens that could still let somebody in. */
function Open() {
  const { busy, act } = useAct();
  const list = useQuery(enrolmentTokens()).data?.items ?? [];
  if (list.length === 0) return null;
  return (
    <div>
      <h3>Tokens that are still good</h3>
      <ul className="lines">
        {list.map((token) => (
          <li key={token.id} className="line-row small">
            <span className="line-main">
              made <Ago at={token.created_at} />, ends <Ago at={token.expires_at} />
              {token.reusable && ', for several agents'}
            </span>
            <Groups names={token.groups} />
            <Button look="quiet" busy={busy} onClick={() => void act(() => deleteEnrolmentToken(token.id), { say: 'The enrolment token is worth nothing now', touch: [['enrolment-tokens']] })}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Command({ made, onDone }: { made: EnrolmentTokenMade; onDone: () => void }) {
  const address = useServerAddress();
  return (
    <>
      <div className="dialog-body stack">
        <p>Run this on the host. The token is shown only now:</p>
        <CopyLine text={`KRAKEN_ENROLMENT_TOKEN=${made.secret} kraken-agent run --server ${address} --state-dir ~/kraken-agent`} what="enrolment command" />
        <p className="small muted">
          <code>kraken-agent</code> and <code>kraken-tool</code> lie side by side there. As root, <code>kraken-agent install</code> sets it up under systemd instead. The agent appears here as soon as it has joined.
        </p>
      </div>
      <footer className="dialog-foot">
        <Button look="main" onClick={onDone}>
          Done
        </Button>
      </footer>
    </>
  );
}
