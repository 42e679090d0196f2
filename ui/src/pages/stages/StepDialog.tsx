// Puts a step together, or one that the code has into a form: a tool, fields made from its schema, and the text that goes into the code.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type Tools, tools, type ToolView } from '../../api/tools.ts';
import { Button } from '../../parts/Button.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { SelectField } from '../../parts/Fields.tsx';
import { Query } from '../../parts/Query.tsx';
import { StepField } from './StepField.tsx';
import { fieldsOf, groupsOf, lacks, stepText, type Values } from './step.ts';
import { type FoundStep, valuesOf } from './stepAt.ts';

interface Props {
  open: boolean;
  /** The step that is changed; absent: another one is made. */
  edited: FoundStep | undefined;
  onClose: () => void;
  /** Takes the step's text into the code. */
  onStep: (text: string) => void;
}

export function StepDialog({ open, edited, onClose, onStep }: Props) {
  return (
    <Dialog wide keep title={edited ? 'Change a step' : 'Add a step'} open={open} onClose={onClose}>
      <Chooser edited={edited} onClose={onClose} onStep={onStep} />
    </Dialog>
  );
}

function Chooser({ edited, onClose, onStep }: Omit<Props, 'open'>) {
  const read = useQuery(tools());
  const [name, setName] = useState(edited?.tool);
  return (
    <Query of={read} rows={5}>
      {(data) => {
        const tool = data.items.find((item) => item.name === name) ?? data.items[0];
        if (edited && name === edited.tool && tool?.name !== name) return <p className="dialog-body">This server has no tool {name}.</p>;
        if (!tool) return <p className="dialog-body">This server names no tools: steps are written in the code.</p>;
        return (
          <>
            <div className="dialog-body">
              <SelectField label="Tool" choices={data.items.map((item) => ({ value: item.name, label: item.name }))} value={tool.name} hint={tool.description} onChoose={setName} />
            </div>
            <Form key={tool.name} tool={tool} edited={tool.name === edited?.tool ? edited : undefined} all={data} onClose={onClose} onStep={onStep} />
          </>
        );
      }}
    </Query>
  );
}

/** What a step gets that names no version. */
const NEWEST = '';

function Form({ tool, all, edited, onClose, onStep }: { tool: ToolView; all: Tools } & Omit<Props, 'open'>) {
  const [version, setVersion] = useState(edited?.version ?? NEWEST);
  const chosen = tool.versions.find((item) => item.version === version) ?? tool.versions[0];
  const own = fieldsOf(chosen?.schema);
  const read = edited && valuesOf(edited, [...own, ...fieldsOf(all.step)]);
  const [values, setValues] = useState<Values>(() => (read?.not === undefined ? (read?.values ?? {}) : {}));
  const groups = groupsOf(chosen?.schema);
  const common = fieldsOf(all.step).filter((field) => field.key !== 'tool' && !own.some((mine) => mine.key === field.key));
  const first = own.filter((field) => field.required || groups.some((group) => group.includes(field.key)));
  const rest = own.filter((field) => !first.includes(field));
  const why = lacks(own, groups, values);
  const text = stepText(version === NEWEST ? tool.name : `${tool.name}@${version}`, [...common.filter((field) => field.key === 'name'), ...own, ...common.filter((field) => field.key !== 'name')], values);
  if (read?.not !== undefined) {
    return (
      <p className="dialog-body">
        This step has a field that this form can’t show as it is: <code>{read.not}</code>. Change it in the code.
      </p>
    );
  }
  const show = (fields: typeof own) => fields.map((field) => <StepField key={field.key} field={field} others={groups.find((group) => group.includes(field.key))?.filter((key) => key !== field.key)} value={values[field.key] ?? ''} onChange={(value) => setValues({ ...values, [field.key]: value })} />);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (why !== undefined) return;
        onStep(text);
        onClose();
      }}
    >
      <div className="dialog-body stack">
        {tool.versions.length > 1 && (
          <SelectField label="Version" choices={[{ value: NEWEST, label: 'the newest' }, ...tool.versions.map((item) => ({ value: item.version, label: item.version }))]} value={version} onChoose={setVersion} />
        )}
        {show(first)}
        {rest.length > 0 && (
          <details open={first.length === 0}>
            <summary>More of {tool.name}</summary>
            <div className="stack details-body">{show(rest)}</div>
          </details>
        )}
        <details>
          <summary>Of any step: name, when, attempts, limits, environment</summary>
          <div className="stack details-body">{show(common)}</div>
        </details>
        <figure>
          <figcaption className="field-label">In the code</figcaption>
          <pre className="snippet" tabIndex={0}>
            {text}
          </pre>
        </figure>
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" why={why}>
          {edited ? 'Change it in the code' : 'Put it into the code'}
        </Button>
      </footer>
    </form>
  );
}
