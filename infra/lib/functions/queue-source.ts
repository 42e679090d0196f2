/** A queue that feeds a function, with failures reported message by message. */
import type { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { RustFunction } from './rust-function';

/** How many messages come at once, and how long a standard queue gathers them. */
export interface Batching {
  readonly size: number;
  readonly window?: Duration;
}

/** Feeds `target` from `queue`. The three rights are those that Lambda needs to read a queue in the function's name. */
export function feed(target: RustFunction, queue: sqs.IQueue, batching: Batching): void {
  target.may('ReceiveMessages', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]);
  const source = new lambda.EventSourceMapping(target, 'Queue', {
    target: target.lambda,
    eventSourceArn: queue.queueArn,
    batchSize: batching.size,
    ...(batching.window === undefined ? {} : { maxBatchingWindow: batching.window }),
    reportBatchItemFailures: true,
  });
  // AWS refuses the mapping until the role may read the queue.
  source.node.addDependency(target.role);
}
