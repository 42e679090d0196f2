/** Every choice gives a deployment, with the stacks that it asks for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { contentSecurityPolicy } from '../lib/web/headers';
import { AGENT_HOSTS, type ContextValues, builtUi, deployment, ofType, only, template } from './support/deployment';

const BASE = ['KrakenControl', 'KrakenStateful'];
const CHOICES: readonly [string, ContextValues, readonly string[]][] = [
  ['x86_64', {}, BASE],
  ['arm64', { arch: 'arm64' }, BASE],
  ['a domain', { search: 'domain' }, [...BASE, 'KrakenSearch']],
  ['a collection', { search: 'serverless' }, [...BASE, 'KrakenSearch']],
  ['an existing search', { search: 'endpoint:https://search.example.com' }, BASE],
  ['the web UI and build hosts', { web: true, uiDir: builtUi(), ...AGENT_HOSTS }, [...BASE, 'KrakenAgentHosts', 'KrakenWeb']],
  ['an emulator', { local: true, web: true, uiDir: builtUi(), search: 'endpoint:http://127.0.0.1:9200' }, [...BASE, 'KrakenWeb']],
];

/** Types that the emulator's CloudFormation knows: any other refuses the whole template. */
const EMULATED = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
];

describe('a deployment', () => {
  for (const [name, values, stacks] of CHOICES) {
    it(`with ${name} has its stacks`, () => {
      assert.deepEqual([...deployment(values).templates.keys()].sort(), [...stacks].sort());
    });
  }

  it('has functions for the processor that was chosen', () => {
    for (const arch of ['x86_64', 'arm64']) {
      const found = ofType(template('KrakenControl', arch === 'arm64' ? { arch } : {}), 'AWS::Lambda::Function');
      assert.equal(found.length, 6);
      for (const [, fn] of found) {
        assert.deepEqual([fn.Architectures, fn.Runtime], [[arch], 'provided.al2023']);
        assert.equal((fn.LoggingConfig as { LogFormat: string }).LogFormat, 'JSON');
      }
    }
  });

  it('for an emulator has only what an emulator knows', () => {
    const local = deployment({ local: true, web: true, uiDir: builtUi(), search: 'endpoint:http://127.0.0.1:9200' });
    const types = [...local.templates.values()].flatMap((one) => Object.values(one.Resources).map((resource) => resource.Type));
    assert.deepEqual(types.filter((type) => !EMULATED.includes(type)), []);
  });
});

describe('the HTTP API', () => {
  it('gives every request to api, as payload 2.0', () => {
    const control = template('KrakenControl');
    assert.equal(only(control, 'AWS::ApiGatewayV2::Route').RouteKey, '$default');
    assert.equal(only(control, 'AWS::ApiGatewayV2::Integration').PayloadFormatVersion, '2.0');
    const stage = only(control, 'AWS::ApiGatewayV2::Stage');
    assert.deepEqual([stage.StageName, stage.AutoDeploy, stage.AccessLogSettings], ['$default', true, undefined]);
  });
});

describe('the web UI', () => {
  const web = () => template('KrakenWeb', { web: true, uiDir: builtUi(), ...AGENT_HOSTS });

  it('comes with a strict Content-Security-Policy', () => {
    const headers = only(web(), 'AWS::CloudFront::ResponseHeadersPolicy').ResponseHeadersPolicyConfig as {
      SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: { 'Fn::Join': [string, unknown[]] }; Override: boolean } };
    };
    const { ContentSecurityPolicy: policy, Override: override } = headers.SecurityHeadersConfig.ContentSecurityPolicy;
    const [joint, parts] = policy['Fn::Join'];
    const text = parts.map((part) => (typeof part === 'string' ? part : 'BUCKET')).join(joint);
    assert.deepEqual([text, override], [contentSecurityPolicy('https://BUCKET'), true]);
    assert.doesNotMatch(text, /unsafe|\*/);
  });

  it('may read what the data bucket holds, by presigned addresses', () => {
    const { templates } = deployment({ web: true, uiDir: builtUi(), ...AGENT_HOSTS });
    const bucket = templates.get('KrakenStateful');
    assert.ok(bucket);
    const cors = only(bucket, 'AWS::S3::Bucket').CorsConfiguration as { CorsRules: { AllowedMethods: string[] }[] };
    assert.deepEqual(cors.CorsRules.map((rule) => rule.AllowedMethods), [['GET', 'HEAD']]);
    assert.equal(only(template('KrakenStateful'), 'AWS::S3::Bucket').CorsConfiguration, undefined);
  });

  it('answers pages whatever their name, and never a file that is gone', () => {
    const { FunctionCode: code } = only(web(), 'AWS::CloudFront::Function') as { FunctionCode: string };
    // The function as CloudFront runs it, on an address.
    const answered = (uri: string) => runInNewContext(`${code}\nhandler(event).uri`, { event: { request: { uri } } }) as unknown;
    for (const page of ['/', '/flows/1', '/p/shop/b/release-1.2', '/p/shop/b/a.js', '/api']) assert.equal(answered(page), '/index.html', page);
    for (const file of ['/index.html', '/assets/app-1.js']) assert.equal(answered(file), file);
  });

  it('has the API on its own origin, uncached', () => {
    const config = only(web(), 'AWS::CloudFront::Distribution').DistributionConfig as { CacheBehaviors: Record<string, unknown>[] };
    const [api, ...more] = config.CacheBehaviors;
    assert.equal(more.length, 0);
    assert.deepEqual([api?.PathPattern, api?.ViewerProtocolPolicy], ['/api/*', 'https-only']);
    // The managed policies CachingDisabled and AllViewerExceptHostHeader.
    assert.deepEqual(
      [api?.CachePolicyId, api?.OriginRequestPolicyId],
      ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'b689b0a8-53d0-40ab-baf2-68738e2966ac'],
    );
  });
});

describe('build hosts', () => {
  const hosts = () => template('KrakenAgentHosts', { web: true, uiDir: builtUi(), ...AGENT_HOSTS });

  it('fetch their token themselves: it is not in the template', () => {
    const data = JSON.stringify(only(hosts(), 'AWS::EC2::LaunchTemplate'));
    assert.match(data, /aws ssm get-parameter .*--with-decryption .* \| \/opt\/kraken\/kraken-agent install .*--enrolment-token-file -/);
    assert.match(data, /sha256sum --check/);
    assert.match(data, /IPAddressDeny=169\.254\.169\.254/);
    assert.match(data, /"HttpTokens":"required"/);
    assert.match(data, /"HttpPutResponseHopLimit":1/);
    assert.match(data, /"Encrypted":true/);
  });

  it('have the program that the agent’s git tool calls, before there is an agent', () => {
    const data = JSON.stringify(only(hosts(), 'AWS::EC2::LaunchTemplate'));
    assert.match(data, /dnf install --assumeyes --quiet git-core.*kraken-agent install/);
  });

  it('may read what they join with, and nothing else', () => {
    const { Statement: statements } = only(hosts(), 'AWS::IAM::Policy').PolicyDocument as { Statement: { Action: string; Resource: unknown }[] };
    assert.deepEqual(statements.map((one) => one.Action), ['ssm:GetParameter', 's3:GetObject']);
    assert.equal(statements[0]?.Resource, AGENT_HOSTS.agentEnrolment);
  });
});
