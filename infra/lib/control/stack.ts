/** The control plane: functions, what calls them, the way in. Holds nothing that could be lost. */
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, addAlarm, addOnlyAlarm } from '../alarm';
import type { Config } from '../config/config';
import { Api } from '../functions/api';
import { Indexer } from '../functions/indexer';
import { Notifier } from '../functions/notifier';
import type { Parts } from '../functions/parts';
import { Planner } from '../functions/planner';
import { Results } from '../functions/results';
import { Scheduler } from '../functions/scheduler';
import { SEALING_KEY } from '../functions/sealing';
import { RESULTS_TIMEOUT, SCHEDULER_TIMEOUT } from '../functions/timeouts';
import { Watchdog } from '../functions/watchdog';
import { FunctionQueue } from '../queue';
import type { SearchTarget } from '../search/target';
import type { StatefulStack } from '../stateful/stack';
import { HttpApi } from './http-api';

/** What the control plane works on. */
export interface ControlStackProps extends StackProps {
  readonly config: Config;
  readonly stateful: StatefulStack;
  readonly search: SearchTarget;
}

/** The stack of the control plane. */
export class ControlStack extends Stack {
  /** Address of the API, without slash at its end. */
  readonly apiUrl: string;

  constructor(scope: Construct, id: string, props: ControlStackProps) {
    super(scope, id, props);
    const { config, stateful, search } = props;
    const { parts, queues } = this.parts(config, stateful, search);
    const api = new Api(this, 'Api', parts);
    const notifier = new Notifier(this, 'Notifier', parts);
    const watchdog = new Watchdog(this, 'Watchdog', parts);
    const others = [
      new Planner(this, 'Planner', parts),
      new Scheduler(this, 'Scheduler', parts),
      watchdog,
      new Results(this, 'Results', parts),
      notifier,
    ];
    const counted = [...queues, notifier.events].flatMap(({ queue, deadLetters }) => [queue.queueArn, deadLetters.queueArn]);
    api.fn.may('CountMessages', ['sqs:GetQueueAttributes'], counted);
    if (stateful.newLogs !== undefined) {
      const indexer = new Indexer(this, 'Indexer', parts, stateful.newLogs);
      // No emulator brings logs anywhere.
      if (!config.local) for (const { fn } of [api, ...others]) indexer.hear(fn);
      api.fn.may('CountNewLogs', ['sqs:GetQueueAttributes'], [stateful.newLogs.queue.queueArn, stateful.newLogs.deadLetters.queueArn]);
      search.allow(this, { writer: indexer.fn, reader: api.fn, remover: watchdog.fn });
    }
    this.tableAlarm(config, stateful);
    addOnlyAlarm(this, config);
    const { api: gateway } = new HttpApi(this, 'HttpApi', config, api.fn);
    this.apiUrl = gateway.apiEndpoint;
    new CfnOutput(this, 'ApiUrl', { value: this.apiUrl });
  }

  private parts(config: Config, stateful: StatefulStack, search: SearchTarget): { parts: Parts; queues: FunctionQueue[] } {
    const bus = new events.EventBus(this, 'Bus', { eventBusName: 'kraken', description: 'What happens in Kraken' });
    const scheduler = new FunctionQueue(this, 'SchedulerQueue', {
      config,
      name: 'kraken-scheduler',
      fifo: true,
      functionTimeout: SCHEDULER_TIMEOUT,
      waitsAtMost: Duration.minutes(5),
      holds: 'wake-ups of the scheduler',
    });
    const results = new FunctionQueue(this, 'ResultsQueue', {
      config,
      name: 'kraken-results',
      fifo: true,
      functionTimeout: RESULTS_TIMEOUT,
      waitsAtMost: Duration.minutes(15),
      holds: 'runs to be looked at',
    });
    const [schedulerQueue, resultsQueue] = [scheduler.queue, results.queue];
    const values = {
      KRAKEN_TABLE: stateful.table.tableName,
      KRAKEN_BUCKET: stateful.bucket.bucketName,
      KRAKEN_BUS: bus.eventBusName,
      KRAKEN_QUEUE_SCHEDULER: schedulerQueue.queueUrl,
      KRAKEN_QUEUE_RESULTS: resultsQueue.queueUrl,
      KRAKEN_SEARCH: search.url,
      KRAKEN_SEARCH_PASSWORD_PARAMETER: search.passwordParameter,
      KRAKEN_SEARCH_DAYS: String(config.searchDays),
      KRAKEN_LOG: config.log,
      KRAKEN_METRICS: config.metrics ? 'on' : 'off',
      KRAKEN_PUBLIC_URL: config.publicUrl,
      KRAKEN_SEALING_KEY: SEALING_KEY,
      KRAKEN_SEALING_KMS_KEY: config.sealingKmsKey,
    };
    const parts = { config, table: stateful.table, bucket: stateful.bucket, bus, schedulerQueue, resultsQueue, values };
    return { parts, queues: [scheduler, results] };
  }

  private tableAlarm(config: Config, stateful: StatefulStack): void {
    const throttled = (metricName: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: stateful.table.tableName },
        statistic: 'sum',
        period: ALARM_PERIOD,
      });
    addAlarm(this, 'TableThrottlesAlarm', config, {
      name: 'kraken-table-throttles',
      section: 'table-throttles',
      says: 'The table turns requests away.',
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(reads, 0) + FILL(writes, 0)',
        usingMetrics: { reads: throttled('ReadThrottleEvents'), writes: throttled('WriteThrottleEvents') },
        label: 'throttled requests',
        period: ALARM_PERIOD,
      }),
      from: 10,
    });
  }
}
