/**
 * A function: its program, role, log and alarms.
 *
 * Its role begins with nothing but its own log. Every further right is given by name with `may`, next to what uses it.
 */
import type { Duration } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, ERRORS_PERIOD, FUNCTION_ERRORS, addAlarm } from '../alarm';
import type { Config } from '../config/config';
import { type FunctionName, type Values, environment } from '../contract';
import { accept } from '../nag';
import { type Several, allow } from '../rights';
import { bootstrapDir } from './bootstrap';

/** What is particular to one function. */
export interface RustFunctionProps {
  readonly name: FunctionName;
  readonly config: Config;
  readonly values: Values;
  readonly description: string;
  readonly memoryMib: number;
  readonly timeout: Duration;
  /** A role made before the function, by `roleOf`, because something else must name it. */
  readonly role?: iam.Role;
}

/** The role of a function: may nothing yet. */
export function roleOf(scope: Construct, name: FunctionName): iam.Role {
  return new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    description: `What the function ${name} of Kraken may do`,
  });
}

/** One function. */
export class RustFunction extends Construct {
  readonly role: iam.Role;
  readonly lambda: lambda.Function;
  readonly log: logs.LogGroup;

  constructor(scope: Construct, id: string, props: RustFunctionProps) {
    super(scope, id);
    const { name, config } = props;
    this.role = props.role ?? roleOf(this, name);
    this.log = new logs.LogGroup(this, 'Log', {
      logGroupName: `/kraken/${name}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.may('WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [this.log.logGroupArn]);
    this.lambda = new lambda.Function(this, 'Function', {
      functionName: `kraken-${name}`,
      description: props.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture: config.architecture === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset(bootstrapDir(config, name)),
      role: this.role,
      memorySize: props.memoryMib,
      timeout: props.timeout,
      environment: environment(name, props.values),
      logGroup: this.log,
      // Lines are JSON already; what is logged is decided by KRAKEN_LOG alone.
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.TRACE,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
    });
    this.alarms(name, config);
    accept(this.lambda, { 'AwsSolutions-L1': 'provided.al2023 is the newest runtime for programs without a language runtime.' });
  }

  /** Lets the function do `actions` on `resources`. */
  may(sid: string, actions: string[], resources: readonly (string | Several)[]): void {
    allow(this.role, sid, actions, resources);
  }

  private alarms(name: FunctionName, config: Config): void {
    addAlarm(this, 'ErrorsAlarm', config, {
      name: `kraken-${name}-errors`,
      section: 'function-errors',
      says: `The function kraken-${name} fails.`,
      metric: this.lambda.metricErrors({ period: ERRORS_PERIOD }),
      from: FUNCTION_ERRORS,
    });
    addAlarm(this, 'ThrottlesAlarm', config, {
      name: `kraken-${name}-throttles`,
      section: 'function-throttles',
      says: `Calls of the function kraken-${name} are turned away, as the account has no concurrency left.`,
      metric: this.lambda.metricThrottles({ period: ALARM_PERIOD }),
      from: 1,
      periods: 2,
    });
  }
}
