/**
 * The notifier: gets the events of the bus through a queue of its own, so that none is lost while what it tells is away. By the minute it looks
 * at what could not be told at once.
 */
import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { FunctionQueue } from '../queue';
import { type Parts, indexArn, runSpecs } from './parts';
import { feed } from './queue-source';
import { RustFunction } from './rust-function';
import { maySeal } from './sealing';
import { everyMinute } from './tick';
import { NOTIFIER_TIMEOUT } from './timeouts';

/** The clock's call looks like a message that says so. */
const AS_A_MESSAGE = {
  Records: [
    {
      messageId: 'tick',
      receiptHandle: 'tick',
      body: 'notices',
      attributes: {},
      messageAttributes: {},
      eventSource: 'kraken:tick',
    },
  ],
};

/** The function `notifier`. */
export class Notifier extends Construct {
  readonly fn: RustFunction;
  /** The events that wait to be told. */
  readonly events: FunctionQueue;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    this.events = new FunctionQueue(this, 'Events', {
      config: parts.config,
      name: 'kraken-notifier',
      fifo: false,
      functionTimeout: NOTIFIER_TIMEOUT,
      waitsAtMost: Duration.minutes(15),
      holds: 'events that people are to be told of',
    });
    const { queue, deadLetters } = this.events;
    new events.Rule(this, 'Rule', {
      description: 'Kraken: every domain event to the notifier',
      eventBus: parts.bus,
      eventPattern: { source: ['kraken'] },
      targets: [new SqsQueue(queue, { deadLetterQueue: deadLetters })],
    });
    this.fn = new RustFunction(this, 'Notifier', {
      name: 'notifier',
      config: parts.config,
      values: parts.values,
      description: 'Tells people and programs what happened',
      memoryMib: 256,
      timeout: NOTIFIER_TIMEOUT,
    });
    this.fn.may('ReadRecords', ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [parts.table.tableArn]);
    this.fn.may('FindDue', ['dynamodb:Query'], [indexArn(parts, 'todo')]);
    this.fn.may('WriteRecords', ['dynamodb:PutItem', 'dynamodb:DeleteItem'], [parts.table.tableArn]);
    // Whom a run tells stands in what it was started with.
    this.fn.may('ReadSpecs', ['s3:GetObject'], [runSpecs(parts)]);
    maySeal(this.fn, parts, 'opens');
    feed(this.fn, queue, { size: 10 });
    everyMinute(this.fn, 'Kraken: what people are still to be told', AS_A_MESSAGE);
  }
}
