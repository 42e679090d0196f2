/**
 * The watchdog: by the minute, it finds through the index `todo` what has passed its time, of agents, jobs and runs; and removes what is kept
 * no longer.
 */
import { Construct } from 'constructs';
import { type Parts, agentObjects, indexArn } from './parts';
import { mayReconcileRuns } from './reconciles-runs';
import { RustFunction } from './rust-function';
import { maySeal } from './sealing';
import { everyMinute } from './tick';
import { TICK_TIMEOUT } from './timeouts';

/** The function `watchdog`. */
export class Watchdog extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Watchdog', {
      name: 'watchdog',
      config: parts.config,
      values: parts.values,
      description: 'Looks at what has passed its time',
      memoryMib: 512,
      timeout: TICK_TIMEOUT,
    });
    mayReconcileRuns(this.fn, parts);
    // As results: child stages are looked at in their repositories before they run, with secrets where those are not public.
    maySeal(this.fn, parts, 'opens');
    this.fn.may('FindDue', ['dynamodb:Query'], [indexArn(parts, 'todo')]);
    // Logs and artifacts that are kept no longer.
    this.fn.may('FindOldObjects', ['s3:ListBucket'], [parts.bucket.bucketArn]);
    this.fn.may('RemoveOldObjects', ['s3:DeleteObject'], [agentObjects(parts)]);
    everyMinute(this.fn, 'Kraken: what has passed its time');
  }
}
