import { StateIcon } from '../../parts/State.tsx';
import { Span } from '../../parts/Time.tsx';
import { stepState } from '../../words/states.ts';
import type { Step } from './steps.ts';

export function Steps({ steps }: { steps: readonly Step[] }) {
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
                  <bdi>{step.name}</bdi>
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
