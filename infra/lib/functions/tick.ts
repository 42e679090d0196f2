/** A call every minute. Nothing is made up for: the next tick looks at everything anyway. */
import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RustFunction } from './rust-function';

/** Calls `target` every minute, with `input` if it must look like another event. */
export function everyMinute(target: RustFunction, description: string, input?: object): void {
  target.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  new events.Rule(target, 'Tick', {
    description,
    schedule: events.Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaFunction(target.lambda, {
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
        ...(input === undefined ? {} : { event: events.RuleTargetInput.fromObject(input) }),
      }),
    ],
  });
}
