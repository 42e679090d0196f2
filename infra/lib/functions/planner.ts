/** The planner: by the minute. It starts nothing yet, so it may do nothing. */
import { Construct } from 'constructs';
import type { Parts } from './parts';
import { RustFunction } from './rust-function';
import { everyMinute } from './tick';
import { TICK_TIMEOUT } from './timeouts';

/** The function `planner`. */
export class Planner extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Planner', {
      name: 'planner',
      config: parts.config,
      values: parts.values,
      description: 'Starts the flows whose time has come',
      memoryMib: 256,
      timeout: TICK_TIMEOUT,
    });
    everyMinute(this.fn, 'Kraken: flows whose time has come');
  }
}
