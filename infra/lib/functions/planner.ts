/** The planner: by the minute, it finds through the index `todo` the triggers whose time has come, and starts flows. */
import { Construct } from 'constructs';
import { type Parts, indexArn } from './parts';
import { mayStartRuns } from './reconciles-runs';
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
      memoryMib: 512,
      timeout: TICK_TIMEOUT,
    });
    mayStartRuns(this.fn, parts);
    this.fn.may('FindDue', ['dynamodb:Query'], [indexArn(parts, 'todo')]);
    // The newest flow of a branch, for child stages that start by the clock.
    this.fn.may('FindNewestFlow', ['dynamodb:Query'], [indexArn(parts, 'list')]);
    everyMinute(this.fn, 'Kraken: flows whose time has come');
  }
}
