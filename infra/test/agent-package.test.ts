/** What `make agent-package` packs is what a build host unpacks. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { it } from 'node:test';
import { userData } from '../lib/agent-hosts/user-data';
import { APP_DIR } from '../lib/contract';

it('the package of the agent is unpacked and checked by the host as it was made', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kraken-agent-package-'));
  const programs = ['kraken-agent', 'kraken-tool'];
  for (const program of programs) {
    mkdirSync(path.join(folder, 'built', program), { recursive: true });
    writeFileSync(path.join(folder, 'built', program, 'bootstrap'), `this is ${program}`);
  }
  const archive = path.join(folder, 'agent.tar.gz');
  const pack = () => execFileSync(path.join(APP_DIR, 'pack-agent.sh'), [path.join(folder, 'built'), archive], { encoding: 'utf8' });
  const [programSha256 = ''] = pack().split(' ');
  assert.equal(programSha256, createHash('sha256').update(readFileSync(archive)).digest('hex'));
  assert.equal(pack().split(' ')[0], programSha256, 'the same programs, the same archive');

  // The lines of the host's own script that check and unpack.
  const hosts = { program: 's3://b/a.tar.gz', programSha256, enrolment: 'arn:aws:ssm:us-east-1:1:parameter/e', instanceType: 'm7i.large', diskGib: 50 };
  const lines = userData(hosts, 'us-east-1', 'https://ci.example.com').split('\n');
  const unpack = lines.filter((line) => line.includes('sha256sum') || line.startsWith('tar '));
  assert.equal(unpack.length, 2);
  execFileSync('bash', ['-euc', unpack.join('\n')], { env: { ...process.env, folder } });
  for (const program of programs) {
    assert.equal(readFileSync(path.join(folder, program), 'utf8'), `this is ${program}`);
    assert.equal(statSync(path.join(folder, program)).mode & 0o777, 0o755);
  }
  rmSync(folder, { recursive: true });
});
