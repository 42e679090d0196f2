// Every component of the house on one page, in each of its states: to look at, and for the tests to look at.
import { useState } from 'react';

import { ApiProblem } from '../../api/problem.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button, IconButton } from '../../parts/Button.tsx';
import { CopyLine } from '../../parts/Copy.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Checkbox, Segments, SelectField, TextArea, TextField } from '../../parts/Fields.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Menu, MenuItem } from '../../parts/Menu.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { More } from '../../parts/More.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { StateBadge, StateIcon, Tag } from '../../parts/State.tsx';
import { Strip } from '../../parts/Strip.tsx';
import { Table } from '../../parts/Table.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { toast } from '../../parts/Toasts.tsx';
import { Versions } from '../../parts/Versions.tsx';
import type { Look, State } from '../../words/states.ts';

const STATES: State[] = [
  { look: 'passed', word: 'Passed' },
  { look: 'failed', word: 'Failed' },
  { look: 'tests', word: 'Tests failed' },
  { look: 'running', word: 'Running' },
  { look: 'queued', word: 'Queued' },
  { look: 'manual', word: 'Waits for you' },
  { look: 'cancelled', word: 'Cancelled' },
  { look: 'idle', word: 'Not started' },
];
const LOOKS: Look[] = ['passed', 'passed', 'failed', 'passed', 'tests', 'cancelled', 'passed', 'running'];
const PROBLEM = new ApiProblem({ status: 409, kind: 'conflict', title: 'Not in this state', detail: 'the run is over already', request_id: '9ea42de890405bf7', errors: [{ path: '/jobs/0/name', line: 12, message: 'two jobs are called "unit"' }] });
const PAGED = { hasNextPage: true, isFetchingNextPage: false, fetchNextPage: () => Promise.resolve() };
const LATER = '2026-11-22T21:00:00Z';

export function DesignPage() {
  useTitle('Design');
  const [kind, setKind] = useState<'ci' | 'dev'>('ci');
  const [asks, setAsks] = useState(false);
  const [sort, setSort] = useState<string | undefined>('name');
  return (
    <div className="page">
      <PageHead state={{ look: 'running', word: 'Running' }} title="Every component" actions={<Button look="main">The one action</Button>}>
        <Facts facts={[['Branch', 'main'], ['Took', <Span key="took" from="2026-11-22T20:00:00Z" to="2026-11-22T20:19:25Z" />], ['Started', <Ago key="ago" at={LATER} />]]} />
      </PageHead>
      <div className="stack">
        <Panel title="States: shape, word, colour">
          <div className="row row-wrap">{STATES.map((state) => <StateBadge key={state.look} state={state} />)}</div>
          <div className="row row-wrap">
            {STATES.map((state) => (
              <StateIcon key={state.look} look={state.look} label={state.word} />
            ))}
            <Tag>CI</Tag>
            <Tag look="failed">regression</Tag>
            <Tag look="tests">flaky 6/50</Tag>
            <Tag look="passed">fixed</Tag>
          </div>
        </Panel>
        <Panel title="Buttons">
          <div className="row row-wrap">
            <Button>Plain</Button>
            <Button look="main" icon="play">
              Main
            </Button>
            <Button look="danger">Danger</Button>
            <Button look="quiet">Quiet</Button>
            <Button keys="r">With a key</Button>
            <Button busy>Busy</Button>
            <Button why="it needs the role user in this project">Not allowed</Button>
            <IconButton icon="copy" label="Copy" />
            <IconButton icon="wrap" label="Wrap" pressed />
            <Menu trigger={<button type="button" className="button button-plain"><span>Menu</span><Icon name="down" /></button>}>
              <MenuItem chosen>Chosen</MenuItem>
              <MenuItem>Other</MenuItem>
            </Menu>
            <Button onClick={() => setAsks(true)}>Ask</Button>
            <Button onClick={() => toast.say('Something was done.')}>Say</Button>
            <Button onClick={() => toast.fail(PROBLEM)}>Fail</Button>
          </div>
        </Panel>
        <Panel title="Fields">
          <div className="stack">
            <TextField label="Name" placeholder="unit" hint="1 to 200 characters" />
            <TextField label="Wrong" defaultValue="a b" wrong={'"a b" is not a name: expected letters, digits, -, _ and .'} />
            <SelectField label="Choice" choices={[{ value: 'a', label: 'One' }, { value: 'b', label: 'Other' }]} value="a" onChoose={() => undefined} />
            <TextArea label="Private key" veiled defaultValue={'-----BEGIN KEY-----\nof the design page'} />
            <Checkbox label="For several" hint="Without: for one." defaultChecked />
            <Segments label="Kind" choices={[{ value: 'ci', label: 'CI' }, { value: 'dev', label: 'Dev' }]} value={kind} onChoose={setKind} />
            <CopyLine text="kraken-agent run --server https://ci.example" what="command" />
          </div>
        </Panel>
        <Panel title="Strips and meters">
          <div className="row row-wrap">
            <Strip items={LOOKS.map((look, index) => ({ id: String(index), label: `flow ${index}.`, state: STATES.find((state) => state.look === look) ?? { look, word: look } }))} />
            <Meter label="2 failed, 5 passed, 1 running, 3 waiting" parts={[{ look: 'failed', value: 2 }, { look: 'passed', value: 5 }, { look: 'running', value: 1 }, { look: 'queued', value: 3 }]} />
          </div>
        </Panel>
        <Panel title="Table" flush>
          <Table
            label="Example"
            columns={[
              { id: 'state', title: 'State', cell: (state: State) => <StateBadge state={state} />, width: '150px' },
              { id: 'name', title: 'Name', cell: (state: State) => <a href="#name">{state.look}</a>, sort: (state: State) => state.look },
              { id: 'long', title: 'Long', cell: () => <bdi className="clip">a name that is much longer than the column will ever be, so it is cut, שלום 🦑</bdi>, spare: true },
            ]}
            rows={STATES}
            rowKey={(state) => state.look}
            sort={sort}
            onSort={setSort}
            empty={null}
          />
          <More of={PAGED}>Older ones</More>
        </Panel>
        <Panel title="Somebody else saved first" className="conflict">
          <Versions theirs={'"parent": "root"'} mine={'"parent": "build"'} />
        </Panel>
        <Banner look="queued" action={<Button>Act</Button>}>
          <strong>system / hw-rig has been waiting 7 m 40 s.</strong> No agent is in the group “hw-rig” yet: enrol one.
        </Banner>
        <Banner look="failed">
          <strong>Failed.</strong> Step 1 (shell) failed: exit code 1.
        </Banner>
        <Panel title="Empty, loading, failed">
          <Empty action={<Button look="main">Make one</Button>}>What will be here, and the one action.</Empty>
          <Skeleton rows={3} />
          <ProblemNote error={PROBLEM} retry={() => undefined} />
        </Panel>
      </div>
      <Confirm title="Cancel flow 12.?" verb="Cancel the flow" danger open={asks} onClose={() => setAsks(false)} act={() => Promise.reject(PROBLEM)}>
        <p>Jobs that wait are over at once, and running ones are stopped.</p>
      </Confirm>
    </div>
  );
}
