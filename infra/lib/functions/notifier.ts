/** The notifier: gets the events of the bus through a queue of its own, so that none is lost while what it tells is away. */
import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { FunctionQueue } from '../queue';
import type { Parts } from './parts';
import { feed } from './queue-source';
import { RustFunction } from './rust-function';
import { NOTIFIER_TIMEOUT } from './timeouts';

/** The function `notifier`. */
export class Notifier extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id);
    const { queue, deadLetters } = new FunctionQueue(this, 'Events', {
      config: parts.config,
      name: 'kraken-notifier',
      fifo: false,
      functionTimeout: NOTIFIER_TIMEOUT,
      waitsAtMost: Duration.minutes(15),
      holds: 'events that people are to be told of',
    });
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
    feed(this.fn, queue, { size: 10 });
  }
}
