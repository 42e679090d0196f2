// Starting a flow by hand: kind, repository branch, arguments.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { startFlow } from '../../api/actions.ts';
import type { BranchView } from '../../api/generated/types.gen.ts';
import { branchNamed, type Kind } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button, IconButton } from '../../parts/Button.tsx';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';

const route = getRouteApi('/p/$project/b/$branch/run');

const KINDS = [
  { value: 'ci', label: 'CI' },
  { value: 'dev', label: 'Dev' },
] as const;

export function NewFlowPage() {
  const { project, branch: name } = route.useParams();
  useTitle(`Start a flow · ${name}`);
  const branch = useQuery(branchNamed(project, name));
  return (
    <div className="page page-narrow">
      <PageHead title={<>Start a flow of <bdi>{name}</bdi></>} />
      <Query of={branch}>{(data) => <Form project={project} branch={data} />}</Query>
    </div>
  );
}

interface Argument {
  name: string;
  value: string;
}

/** A key that makes a repeated start the same flow. `randomUUID` needs HTTPS, this does not. */
const freshKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (value) => value.toString(16).padStart(2, '0')).join('');

function Form({ project, branch }: { project: string; branch: BranchView }) {
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const not = useWhyNot('user', branch.project);
  const [kind, setKind] = useState<Kind>('ci');
  const [source, setSource] = useState('');
  const [args, setArgs] = useState<Argument[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [key] = useState(freshKey);

  const change = (index: number, part: Partial<Argument>) => setArgs(args.map((arg, at) => (at === index ? { ...arg, ...part } : arg)));
  const names = args.map((arg) => arg.name.trim()).filter(Boolean);
  const twice = names.find((item, index) => names.indexOf(item) !== index);

  const start = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const values = Object.fromEntries(args.filter((arg) => arg.name.trim() !== '').map((arg) => [arg.name.trim(), arg.value]));
      const flow = await actOrThrow(() => startFlow(branch.id, { kind, branch_name: source.trim() || null, args: values }, key), { touch: [['branch', branch.id]] });
      await navigate({ to: '/flows/$flow', params: { flow: flow.id } });
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !twice && !not) void start();
        }}
      >
        <div className="field">
          <span className="field-label">Kind</span>
          <Segments label="Kind" choices={KINDS} value={kind} onChoose={setKind} />
        </div>
        <TextField label="Repository branch" placeholder={branch.branch_name} value={source} onChange={(event) => setSource(event.target.value)} hint="Left empty: the branch's own." />
        <fieldset className="arguments">
          <legend className="field-label">Arguments</legend>
          <p className="small muted">They override the defaults of the stages’ parameters.</p>
          {args.map((arg, index) => (
            <div key={index} className="argument">
              <TextField label={`Name of argument ${index + 1}`} hideLabel placeholder="name" value={arg.name} onChange={(event) => change(index, { name: event.target.value })} />
              <TextField label={`Value of argument ${index + 1}`} hideLabel placeholder="value" value={arg.value} onChange={(event) => change(index, { value: event.target.value })} />
              <IconButton icon="close" label={`Remove argument ${index + 1}`} onClick={() => setArgs(args.filter((_, at) => at !== index))} />
            </div>
          ))}
          <Button icon="plus" onClick={() => setArgs([...args, { name: '', value: '' }])}>
            Add argument
          </Button>
        </fieldset>
        {error !== undefined && <ProblemNote error={error} />}
        <div className="row">
          <Button look="main" type="submit" busy={busy} why={twice === undefined ? not : `the argument ${twice} is there twice`}>
            Start flow
          </Button>
          <Link to="/p/$project/b/$branch" params={{ project, branch: branch.name }}>
            Back to the branch
          </Link>
        </div>
      </form>
    </Panel>
  );
}
