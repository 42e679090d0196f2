import { Button, IconButton } from '../../parts/Button.tsx';
import { SelectField, TextField } from '../../parts/Fields.tsx';
import { type Filled, type Parameter, wrongExtra, wrongValue } from './arguments.ts';

interface Props {
  parameters: readonly Parameter[];
  form: Filled;
  onChange: (form: Filled) => void;
  /** What the server says of an argument. */
  refused: (name: string) => string | undefined;
}

export function ArgumentFields({ parameters, form, onChange, refused }: Props) {
  const { values, extras } = form;
  const change = (index: number, part: object) => onChange({ ...form, extras: extras.map((extra, at) => (at === index ? { ...extra, ...part } : extra)) });
  return (
    <>
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name]}
          wrong={wrongValue(parameter, values[parameter.name]) ?? refused(parameter.name)}
          onChange={(value) => onChange({ ...form, values: { ...values, [parameter.name]: value } })}
        />
      ))}
      <fieldset className="arguments">
        <legend className="field-label">{parameters.length > 0 ? 'Other arguments' : 'Arguments'}</legend>
        <p className="small muted">
          {parameters.length > 0
            ? 'For what no stage that starts with the flow asks for: stages that follow see them, too.'
            : 'No stage that starts with the flow asks for anything. What you name here is seen by all stages.'}
        </p>
        {extras.map((extra, index) => {
          const wrong = wrongExtra(index, form, parameters) ?? refused(extra.name.trim());
          return (
            <div key={index} className="argument">
              <TextField label={`Name of argument ${index + 1}`} hideLabel placeholder="name" value={extra.name} wrong={wrong} onChange={(event) => change(index, { name: event.target.value })} />
              <TextField label={`Value of argument ${index + 1}`} hideLabel placeholder="value" value={extra.value} onChange={(event) => change(index, { value: event.target.value })} />
              <IconButton icon="close" label={`Remove argument ${index + 1}`} onClick={() => onChange({ ...form, extras: extras.filter((_, at) => at !== index) })} />
            </div>
          );
        })}
        <Button icon="plus" onClick={() => onChange({ ...form, extras: [...extras, { name: '', value: '' }] })}>
          Add argument
        </Button>
      </fieldset>
    </>
  );
}

interface FieldProps {
  parameter: Parameter;
  value: string | undefined;
  wrong: string | undefined;
  onChange: (value: string) => void;
}

function ParameterField({ parameter, value, wrong, onChange }: FieldProps) {
  const { name, description, choices = [], stages } = parameter;
  const usual = parameter.default ?? undefined;
  const hint = (
    <>
      {description && <bdi>{description}</bdi>}
      {description && (usual === undefined || (value !== undefined && value !== usual)) && ' · '}
      {usual === undefined && <bdi>left as it is: {stages.map((of) => `${of.default || 'nothing'} in ${of.stage}`).join(', ')}</bdi>}
      {usual !== undefined && value !== undefined && value !== usual && <bdi>usually {usual === '' ? 'empty' : usual}</bdi>}
    </>
  );
  const shown = value ?? usual ?? '';
  if (choices.length === 0) return <TextField label={name} hint={hint} value={shown} wrong={wrong} onChange={(event) => onChange(event.target.value)} />;
  // What is chosen now is always there to be seen, also where it is none of the choices.
  const offered = [...new Set([shown, ...choices])].sort((one, other) => choices.indexOf(one) - choices.indexOf(other));
  return (
    <SelectField
      label={name}
      hint={hint}
      wrong={wrong}
      value={shown}
      choices={offered.map((choice) => ({ value: choice, label: choice === '' ? (usual === undefined ? 'as each stage says' : '(empty)') : choice === usual ? `${choice} (usual)` : choice }))}
      onChoose={onChange}
    />
  );
}
