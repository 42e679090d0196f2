// The data that the jobs of a flow share: one JSON document, read and changed by the tool `data`, here by a person.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type Document, flowData, saveFlowData } from '../../api/data.ts';
import type { FlowView } from '../../api/generated/types.gen.ts';
import { ApiProblem } from '../../api/problem.ts';
import { Unsaved } from '../../app/Unsaved.tsx';
import { useAct } from '../../app/useAct.ts';
import { useSubmit } from '../../app/useSubmit.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Copy } from '../../parts/Copy.tsx';
import { TextArea } from '../../parts/Fields.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { Query } from '../../parts/Query.tsx';
import { Versions } from '../../parts/Versions.tsx';
import { exactly, pieces, readObject, whyNotEdit } from './json.ts';

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

export function FlowData({ flow }: { flow: FlowView }) {
  const found = useQuery(flowData(flow.id));
  const not = useWhyNot('user', flow.project);
  const [editing, setEditing] = useState<Document>();
  const edit = (document: Document) => (
    <Button why={not ?? whyNotEdit(document)} onClick={() => setEditing(document)}>
      Edit
    </Button>
  );
  const unfit = not === undefined && found.data ? whyNotEdit(found.data) : undefined;
  if (editing) return <Edit flow={flow} begun={editing} onClose={() => setEditing(undefined)} />;
  return (
    <Panel
      title={<>Data <span className="muted small">what the jobs of this flow share</span></>}
      aside={
        found.data &&
        !isEmpty(found.data.value) && (
          <span className="row">
            {edit(found.data)}
            <Copy text={exactly(found.data.text)} what="data" />
          </span>
        )
      }
    >
      {unfit !== undefined && <p className="small muted">This can't be changed here: {unfit}.</p>}
      <Query of={found}>
        {(document) =>
          isEmpty(document.value) ? (
            <Empty action={edit(document)}>
              Nothing was stored. A step with the tool <code>data</code> sets values here that later jobs and stages read.
            </Empty>
          ) : (
            <pre className="json" tabIndex={0}>
              {pieces(exactly(document.text)).map(({ text, quoted }, index) => (quoted ? <bdi key={index}>{text}</bdi> : text))}
            </pre>
          )
        }
      </Query>
    </Panel>
  );
}

/** Somebody stored another version since this one was read. */
const isStale = (error: unknown) => error instanceof ApiProblem && (error.status === 412 || error.status === 409);

function Edit({ flow, begun, onClose }: { flow: FlowView; begun: Document; onClose: () => void }) {
  const [text, setText] = useState(() => exactly(begun.text));
  const [etag, setEtag] = useState(begun.etag);
  const { actOrThrow } = useAct();
  const { busy, error, clear, submit } = useSubmit();
  const theirs = useQuery({ ...flowData(flow.id), enabled: isStale(error) });
  const read = readObject(text);
  const save = async () => {
    if (read.wrong !== undefined || etag === undefined) return;
    const done = await submit(() => actOrThrow(() => saveFlowData(flow.id, read.value, etag), { say: 'The data is saved', touch: [['flow', flow.id, 'data']] }));
    if (done) onClose();
    else void theirs.refetch();
  };
  const stale = isStale(error);
  return (
    <Panel title="Data" className={stale ? 'conflict' : ''}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        {stale && (
          <>
            <p>
              <strong>Somebody changed the data meanwhile.</strong> Take what you want of theirs into yours; the next save then replaces it.
            </p>
            <Query of={theirs}>
              {(document) => (
                <>
                  <Versions theirs={exactly(document.text)} mine={text} />
                  <div className="row row-wrap">
                    <Button
                      onClick={() => {
                        setText(exactly(document.text));
                        setEtag(document.etag);
                        clear();
                      }}
                    >
                      Take theirs: mine is let go
                    </Button>
                    <Button
                      why={document.etag === undefined ? whyNotEdit(document) : undefined}
                      onClick={() => {
                        setEtag(document.etag);
                        clear();
                      }}
                    >
                      Go on with mine: the next save replaces theirs
                    </Button>
                  </div>
                </>
              )}
            </Query>
          </>
        )}
        <TextArea label={stale ? 'Yours' : 'JSON'} className="json-area" value={text} wrong={read.wrong} onChange={(event) => setText(event.target.value)} />
        {error !== undefined && !stale && <ProblemNote error={error} />}
        <Unsaved when={text !== exactly(begun.text) && !busy} what="the data of this flow" />
        <div className="row row-wrap">
          <Button look="main" type="submit" busy={busy} why={read.wrong ?? (stale ? 'theirs would be lost: look at it first' : undefined)}>
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Panel>
  );
}
