/** The HTTP API: everything goes to the function `api`, which knows its own paths and checks tokens itself. */
import { RemovalPolicy } from 'aws-cdk-lib';
import * as apigw from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, addAlarm } from '../alarm';
import type { Config } from '../config/config';
import type { RustFunction } from '../functions/rust-function';
import { accept } from '../nag';

/** A flood costs money before it does harm: so many requests are let through. */
const REQUESTS_PER_S = 500;
const REQUESTS_BURST = 1000;

/** The way in. */
export class HttpApi extends Construct {
  readonly api: apigw.HttpApi;

  constructor(scope: Construct, id: string, config: Config, target: RustFunction) {
    super(scope, id);
    this.api = new apigw.HttpApi(this, 'Api', {
      apiName: 'kraken',
      description: 'Kraken: for people, the web UI, the command line and agents',
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('Function', target.lambda, {
        payloadFormatVersion: apigw.PayloadFormatVersion.VERSION_2_0,
      }),
    });
    new apigw.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: REQUESTS_PER_S, burstLimit: REQUESTS_BURST },
      ...(config.accessLogs ? { accessLogSettings: { destination: new apigw.LogGroupLogDestination(this.accessLog(config)) } } : {}),
    });
    accept(this, {
      'AwsSolutions-APIG4': 'The function checks the token of every request: tokens are records of its own, and public files need none.',
      ...(config.accessLogs ? {} : { 'AwsSolutions-APIG1': 'The function logs what it is asked; a second log of every heartbeat is a choice (accessLogs).' }),
    });
    addAlarm(this, 'ServerErrorsAlarm', config, {
      name: 'kraken-api-server-errors',
      section: 'api-server-errors',
      says: 'The API answers with server errors.',
      metric: this.api.metricServerError({ period: ALARM_PERIOD, statistic: 'sum' }),
      from: 5,
    });
  }

  private accessLog(config: Config): logs.LogGroup {
    return new logs.LogGroup(this, 'AccessLog', {
      logGroupName: '/kraken/access',
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
