/** Build hosts in EC2: a launch template whose hosts join by themselves. How many, where and when is up to who uses it. */
import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AgentHosts } from '../config/agent-hosts';
import type { Config } from '../config/config';
import { isParameter, userData } from './user-data';

/** What hosts join. */
export interface AgentHostStackProps extends StackProps {
  readonly config: Config;
  readonly hosts: AgentHosts;
  readonly apiUrl: string;
}

/** The stack of build hosts. */
export class AgentHostStack extends Stack {
  constructor(scope: Construct, id: string, props: AgentHostStackProps) {
    super(scope, id, props);
    const { config, hosts } = props;
    const arm = config.architecture === 'arm64';
    const template = new ec2.LaunchTemplate(this, 'Host', {
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: arm ? ec2.AmazonLinuxCpuType.ARM_64 : ec2.AmazonLinuxCpuType.X86_64 }),
      instanceType: new ec2.InstanceType(hosts.instanceType),
      role: this.role(hosts),
      userData: ec2.UserData.custom(userData(hosts, Aws.REGION, props.config.publicUrl ?? props.apiUrl)),
      requireImdsv2: true,
      // Containers are a hop further: they get no metadata, and so no role.
      httpPutResponseHopLimit: 1,
      ebsOptimized: true,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: ec2.BlockDeviceVolume.ebs(hosts.diskGib, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
    new CfnOutput(this, 'LaunchTemplate', { value: template.launchTemplateId ?? '' });
  }

  private role(hosts: AgentHosts): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: 'What a build host of Kraken may do: read what it joins with',
    });
    const read = isParameter(hosts.enrolment) ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue';
    // The console shows a secret's ARN whole, with its six letters at the end: no wildcard is needed.
    role.addToPolicy(new iam.PolicyStatement({ sid: 'ReadEnrolmentToken', actions: [read], resources: [hosts.enrolment] }));
    if (hosts.program.startsWith('s3://')) {
      const object = `arn:${Aws.PARTITION}:s3:::${hosts.program.slice('s3://'.length)}`;
      role.addToPolicy(new iam.PolicyStatement({ sid: 'ReadProgram', actions: ['s3:GetObject'], resources: [object] }));
    }
    return role;
  }
}
