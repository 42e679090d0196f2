/**
 * What a new build host does first: install what the agent's tools call, fetch the agent, check it, join, start.
 *
 * The enrolment token goes from its store to the agent's standard input: it is in no file, no argument, no environment and no log. Jobs
 * cannot fetch it themselves: the agent's service, and all that it starts, is kept from the host's metadata and so from its role.
 */
import type { AgentHosts } from '../config/agent-hosts';

/** A shell script for Amazon Linux 2023, run once by root. `region` and `apiUrl` may be tokens of the toolkit. */
export function userData(hosts: AgentHosts, region: string, apiUrl: string): string {
  return [
    '#!/bin/bash',
    'set -euo pipefail',
    // The tool `git` calls the program, which the image has not.
    'dnf install --assumeyes --quiet git-core',
    'folder=$(mktemp -d)',
    `trap 'rm -rf "$folder"' EXIT`,
    fetch(hosts.program, region),
    `echo "${hosts.programSha256}  $folder/agent.tar.gz" | sha256sum --check --quiet`,
    'tar --extract --gzip --no-same-owner --file "$folder/agent.tar.gz" --directory "$folder" kraken-agent kraken-tool',
    'install -d -m 0755 /opt/kraken',
    'install -m 0755 "$folder/kraken-agent" "$folder/kraken-tool" /opt/kraken/',
    'install -d -m 0755 /etc/systemd/system/kraken-agent.service.d',
    'cat > /etc/systemd/system/kraken-agent.service.d/no-metadata.conf <<END',
    '[Service]',
    'IPAddressDeny=169.254.169.254 fd00:ec2::254',
    'END',
    `${token(hosts.enrolment, region)} | /opt/kraken/kraken-agent install --server "${apiUrl}" --enrolment-token-file -`,
    '',
  ].join('\n');
}

function fetch(program: string, region: string): string {
  return program.startsWith('s3://')
    ? `aws s3 cp --only-show-errors --region "${region}" "${program}" "$folder/agent.tar.gz"`
    : `curl --fail --silent --show-error --location --proto '=https' --retry 5 --output "$folder/agent.tar.gz" "${program}"`;
}

function token(enrolment: string, region: string): string {
  return isParameter(enrolment)
    ? `aws ssm get-parameter --region "${region}" --name "${enrolment}" --with-decryption --query Parameter.Value --output text`
    : `aws secretsmanager get-secret-value --region "${region}" --secret-id "${enrolment}" --query SecretString --output text`;
}

/** Whether the token is in the Parameter Store, and not in the Secrets Manager. */
export function isParameter(enrolment: string): boolean {
  return enrolment.split(':')[2] === 'ssm';
}
