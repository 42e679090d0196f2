/** A queue with its dead-letter queue and the alarms of both. A message that fails again and again ends there: it never loops, it is never lost. */
import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, addAlarm } from './alarm';
import type { Config } from './config/config';
import { accept } from './nag';

/** Deliveries of a message before it is put aside, unless said otherwise. */
const DELIVERIES_MAX = 5;
/** What AWS asks for: room for the retries of a function that is held back. */
const VISIBILITY_PER_TIMEOUT = 6;

/** What is particular to one queue. */
export interface FunctionQueueProps {
  readonly config: Config;
  /** Without `.fifo`. */
  readonly name: string;
  readonly fifo: boolean;
  /** Of the function that it feeds. */
  readonly functionTimeout: Duration;
  /** A message that waits so long is an alarm. */
  readonly waitsAtMost: Duration;
  /** Deliveries of a message before it is put aside. */
  readonly deliveries?: number;
  /** What its messages are, for people: "wake-ups of the scheduler". */
  readonly holds: string;
}

/** The queue in front of a function. */
export class FunctionQueue extends Construct {
  readonly queue: sqs.Queue;
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, props: FunctionQueueProps) {
    super(scope, id);
    const { config, name, fifo } = props;
    const common: sqs.QueueProps = {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      // No emulator speaks TLS.
      enforceSSL: !config.local,
      // Who sends says which messages are the same: the time of a look is part of it.
      ...(fifo ? { fifo: true, contentBasedDeduplication: false } : {}),
    };
    const end = fifo ? '.fifo' : '';
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      ...common,
      queueName: `${name}-dead${end}`,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...common,
      queueName: `${name}${end}`,
      visibilityTimeout: Duration.seconds(props.functionTimeout.toSeconds() * VISIBILITY_PER_TIMEOUT),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.deliveries ?? DELIVERIES_MAX },
    });
    accept(this.deadLetters, { 'AwsSolutions-SQS3': 'It is a dead-letter queue itself.' });
    addAlarm(this, 'DeadLettersAlarm', config, {
      name: `${name}-dead-letters`,
      section: 'dead-letters',
      says: `There are ${props.holds} that could not be dealt with.`,
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'max' }),
      from: 1,
    });
    addAlarm(this, 'AgeAlarm', config, {
      name: `${name}-waits`,
      section: 'messages-wait-too-long',
      says: `The oldest of the ${props.holds} has waited more than ${props.waitsAtMost.toSeconds()} s.`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'max' }),
      from: props.waitsAtMost.toSeconds(),
      periods: 2,
    });
  }
}
