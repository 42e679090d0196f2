// Starting a flow by hand: kind, repository branch, and what its stages ask for.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { startFlow } from '../../api/actions.ts';
import type { BranchView } from '../../api/generated/types.gen.ts';
import { parameters } from '../../api/parameters.ts';
import { branchNamed, type Kind } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button } from '../../parts/Button.tsx';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { ArgumentFields } from './ArgumentFields.tsx';
import { filled, type Parameter, sent, wrongBranch, wrongIn } from './arguments.ts';
import { onceKeys } from './once.ts';

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
      <Query of={branch}>{(data) => <Asked key={data.id} project={project} branch={data} />}</Query>
    </div>
  );
}

/** The form, once it is known what to ask for; where that cannot be read, names and values by hand. */
function Asked({ project, branch }: { project: string; branch: BranchView }) {
  const asked = useQuery(parameters(branch.id));
  if (asked.isPending) return <Panel><Skeleton rows={5} label="Parameters" /></Panel>;
  return (
    <>
      {asked.isError && <Banner look="tests">What the stages ask for could not be read ({asked.error.message}). Arguments can be named by hand.</Banner>}
      <Form project={project} branch={branch} asked={asked.data?.items ?? []} />
    </>
  );
}

function Form({ project, branch, asked }: { project: string; branch: BranchView; asked: readonly Parameter[] }) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const { busy, error, submit, wrong } = useSubmit();
  const not = useWhyNot('user', branch.project);
  const [kind, setKind] = useState<Kind>(search.kind ?? 'ci');
  const [source, setSource] = useState(search.source ?? '');
  const [form, setForm] = useState(() => filled(search.args, asked));
  const [keyFor] = useState(() => onceKeys());

  const archived = branch.archived_at == null ? undefined : 'the branch is archived: bring it back in its settings first';
  const why = not ?? archived ?? wrongIn(form, asked, source.trim());

  const start = () =>
    submit(async () => {
      const body = { kind, branch_name: source.trim() || null, args: sent(form, asked) };
      const flow = await actOrThrow(() => startFlow(branch.id, body, keyFor(body)), { say: 'The flow is started', touch: [['branch', branch.id], ['every-branch']] });
      await navigate({ to: '/flows/$flow', params: { flow: flow.id } });
    });
  return (
    <Panel>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && why === undefined) void start();
        }}
      >
        <div className="field">
          <span className="field-label">Kind</span>
          <Segments label="Kind" choices={KINDS} value={kind} onChoose={setKind} />
          <p className="small muted">{kind === 'ci' ? 'CI: what the branch holds, with its releases and history.' : 'Dev: a change that is not in the branch yet; counted by itself.'}</p>
        </div>
        <TextField
          label="Repository branch"
          placeholder={branch.branch_name}
          value={source}
          wrong={wrongBranch(source.trim()) ?? wrong('/branch_name')}
          onChange={(event) => setSource(event.target.value)}
          hint={<>Left empty: <bdi className="mono">{branch.branch_name}</bdi>, the branch’s own.</>}
        />
        <ArgumentFields parameters={asked} form={form} onChange={setForm} refused={(name) => wrong(`/args/${name}`)} />
        {error !== undefined && <ProblemNote error={error} />}
        <div className="row row-wrap">
          <Button look="main" type="submit" busy={busy} why={why}>
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
