/** The scheduler: woken through its FIFO queue, one round at a time, and by the minute for wake-ups that were lost. */
import { Construct } from 'constructs';
import { agentQueues } from '../rights';
import { type Parts, indexArn } from './parts';
import { feed } from './queue-source';
import { RustFunction } from './rust-function';
import { everyMinute } from './tick';
import { SCHEDULER_TIMEOUT } from './timeouts';

/** The tick comes as the queue's messages do: the function knows one kind of event. */
const AS_A_MESSAGE = {
  Records: [
    {
      messageId: 'tick',
      receiptHandle: 'tick',
      body: 'queue',
      attributes: {},
      messageAttributes: {},
      eventSource: 'kraken:tick',
    },
  ],
};

/** The function `scheduler`. */
export class Scheduler extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Scheduler', {
      name: 'scheduler',
      config: parts.config,
      values: parts.values,
      description: 'Gives waiting jobs to idle agents',
      memoryMib: 256,
      timeout: SCHEDULER_TIMEOUT,
    });
    this.fn.may('ReadRecords', ['dynamodb:GetItem', 'dynamodb:Query'], [parts.table.tableArn]);
    this.fn.may('ReadQueue', ['dynamodb:Query'], [indexArn(parts, 'queue')]);
    this.fn.may('Assign', ['dynamodb:PutItem'], [parts.table.tableArn]);
    this.fn.may('WakeAgents', ['sqs:SendMessage'], [agentQueues(this)]);
    feed(this.fn, parts.schedulerQueue, { size: 10 });
    everyMinute(this.fn, 'Kraken: jobs that wait though their wake-up was lost', AS_A_MESSAGE);
  }
}
