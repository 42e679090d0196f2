/** Results: woken for one run at a time, by the run's group in its FIFO queue. */
import { Construct } from 'constructs';
import type { Parts } from './parts';
import { feed } from './queue-source';
import { mayReconcileRuns } from './reconciles-runs';
import { RustFunction } from './rust-function';
import { maySeal } from './sealing';
import { RESULTS_TIMEOUT } from './timeouts';

/** The function `results`. */
export class Results extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Results', {
      name: 'results',
      config: parts.config,
      values: parts.values,
      description: 'Completes runs and flows, starts child stages',
      memoryMib: 512,
      timeout: RESULTS_TIMEOUT,
    });
    mayReconcileRuns(this.fn, parts);
    // Stages are looked at in their repositories before they run, with secrets where those are not public.
    maySeal(this.fn, parts, 'opens');
    feed(this.fn, parts.resultsQueue, { size: 10 });
  }
}
