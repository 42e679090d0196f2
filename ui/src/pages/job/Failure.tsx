import type { JobView } from '../../api/generated/types.gen.ts';
import { Banner } from '../../parts/Banner.tsx';
import { jobState } from '../../words/states.ts';
import { sentence } from '../flow/WhyWaiting.tsx';
import type { Step } from './steps.ts';

/** What broke, before anybody reads the log. */
export function Failure({ job, steps }: { job: JobView; steps: readonly Step[] }) {
  const state = jobState(job);
  if (job.state !== 'completed' || state.look === 'passed') return null;
  const failed = steps.find((step) => step.status === 'error');
  const message = job.message ?? failed?.message;
  if (!message && state.look === 'cancelled') return null;
  return (
    <Banner look={state.look}>
      <strong>{state.word}.</strong> {message ? sentence(message) : 'The log may say why.'}
    </Banner>
  );
}
