import { Link } from '@tanstack/react-router';

import type { StepMark } from '../../log/groups.ts';
import { StateIcon } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { stepState } from '../../words/states.ts';
import type { Step } from './steps.ts';

/** The steps of a job, each a link to its first line once that is known. */
export function Steps({ steps, marks }: { steps: readonly Step[]; marks: readonly StepMark[] }) {
  const lines = new Map(marks.map((mark) => [mark.step, mark.firstLine]));
  return (
    <section className="panel panel-flush">
      <header className="panel-head">
        <h2>Steps</h2>
      </header>
      <ol className="steps">
        {steps.map((step, index) => {
          const state = stepState(step.status);
          return (
            <li key={index} className={`step look-${state.look}`}>
              <StateIcon look={state.look} label={state.word} />
              <div className="grow">
                <div className="clip" title={step.name}>
                  <StepName name={step.name} line={lines.get(index)} />
                </div>
                <div className="small muted wrap-any">
                  {step.tool !== step.name && step.tool}
                  {step.attempts > 1 && ` tried ${step.attempts} times`}
                  {step.message ? ` ${step.message}` : step.retcode ? ` exit code ${step.retcode}` : ''}
                </div>
              </div>
              <Span from={step.startedAt} to={step.finishedAt} />
            </li>
          );
        })}
        {steps.length === 0 && <li className="muted small">No steps.</li>}
      </ol>
    </section>
  );
}

function StepName({ name, line }: { name: string; line: number | undefined }) {
  if (line === undefined) return <bdi>{name}</bdi>;
  return (
    <Link to="." search hash={`L${line + 1}`} replace resetScroll={false} hashScrollIntoView={false} title={`${name}: line ${line + 1}`}>
      <bdi>{name}</bdi>
    </Link>
  );
}
