/** Alarms. Each says what is wrong and links to what to do. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Config } from './config/config';

/** Metrics are looked at over so long. */
export const ALARM_PERIOD = Duration.minutes(5);

/** Sections of the runbook. */
export type RunbookSection =
  | 'dead-letters'
  | 'messages-wait-too-long'
  | 'function-errors'
  | 'function-throttles'
  | 'table-throttles'
  | 'api-server-errors';

/** What still shows that something is broken when only ten metrics are wanted: so many are free for an account without other alarms. */
const ESSENTIAL: readonly RunbookSection[] = ['dead-letters', 'function-errors', 'api-server-errors'];

/** Whether a deployment wants alarms of its parts that lead to this section. */
function isWanted(config: Config, section: RunbookSection): boolean {
  if (config.alarms === 'essential') return ESSENTIAL.includes(section);
  return config.alarms === 'all';
}

/** One alarm. */
export interface AlarmProps {
  readonly name: string;
  readonly section: RunbookSection;
  /** One sentence: what is wrong. */
  readonly says: string;
  readonly metric: cloudwatch.IMetric;
  /** It is wrong from this value on, in a period. */
  readonly from: number;
  /** In so many periods in a row. */
  readonly periods?: number;
}

/** Makes an alarm, if the deployment wants one of its kind. */
export function addAlarm(scope: Construct, id: string, config: Config, props: AlarmProps): void {
  if (isWanted(config, props.section)) makeAlarm(scope, id, config, props);
}

/** A single failure of a function is tried again by whatever called; a second one is not chance any more. */
export const FUNCTION_ERRORS = 2;

/** Failures are counted over so long: twice the half hour after which the slowest queue brings again what failed. Looked at every minute. */
export const ERRORS_PERIOD = Duration.hours(1);

/**
 * Makes the one alarm of a deployment that wants but one: on the failures of all functions of the region together, which is one metric
 * however many functions there are. A function that a queue feeds fails when it could deal with no message of a call, so this alarm hears
 * of every message that fails again and again, as well as of ticks; hardly anything breaks without it.
 */
export function addOnlyAlarm(scope: Construct, config: Config): void {
  if (config.alarms !== 'one') return;
  makeAlarm(scope, 'FunctionsAlarm', config, {
    name: 'kraken-functions-errors',
    section: 'function-errors',
    says: 'Functions in this region fail.',
    metric: new cloudwatch.Metric({ namespace: 'AWS/Lambda', metricName: 'Errors', statistic: 'sum', period: ERRORS_PERIOD }),
    from: FUNCTION_ERRORS,
  });
}

function makeAlarm(scope: Construct, id: string, config: Config, props: AlarmProps): void {
  const alarm = new cloudwatch.Alarm(scope, id, {
    alarmName: props.name,
    alarmDescription: `${props.says} What to do: ${config.runbook}#${props.section}`,
    metric: props.metric,
    threshold: props.from,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: props.periods ?? 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  if (config.alarmTopic === undefined) return;
  const topic: ITopic = Topic.fromTopicArn(scope, `${id}Topic`, config.alarmTopic);
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
}
