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

/** What still shows that something is broken when only the alarms without a price are wanted. */
const ESSENTIAL: readonly RunbookSection[] = ['dead-letters', 'function-errors', 'api-server-errors'];

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
  if (config.alarms === 'none' || (config.alarms === 'essential' && !ESSENTIAL.includes(props.section))) return;
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
