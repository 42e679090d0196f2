/** The planner: by the minute, it finds through the index `todo` the triggers whose time has come, and starts flows. */
import { Construct } from 'constructs';
import { type Parts, indexArn } from './parts';
import { mayStartRuns } from './reconciles-runs';
import { RustFunction } from './rust-function';
import { maySeal } from './sealing';
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
    // Secrets are read several at a time; a stage that is read anew from its repository may lose triggers.
    mayStartRuns(this.fn, parts, { reads: ['dynamodb:BatchGetItem'], writes: ['dynamodb:DeleteItem'] });
    // Repositories that are not public are looked at with secrets.
    maySeal(this.fn, parts, 'opens');
    this.fn.may('FindDue', ['dynamodb:Query'], [indexArn(parts, 'todo')]);
    everyMinute(this.fn, 'Kraken: flows whose time has come');
  }
}
