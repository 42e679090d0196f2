/** The program of a function on disk. A missing one, or one for another processor, is found now and not by the first invocation. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { Architecture, Config } from '../config/config';
import { ContextError } from '../config/context';

/** `e_machine` of an ELF file, by processor. */
const MACHINES: Readonly<Record<number, Architecture>> = { 0x3e: 'x86_64', 0xb7: 'arm64' };

/** The folder with the function's `bootstrap`. */
export function bootstrapDir(config: Config, name: string): string {
  const dir = path.join(config.functionsDir, name);
  const file = path.join(dir, 'bootstrap');
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new ContextError(`context value "functionsDir" is ${JSON.stringify(config.functionsDir)}: expected a folder with ${name}/bootstrap`);
  }
  const built = machineOf(file);
  if (built !== undefined && built !== config.architecture) {
    throw new ContextError(`context value "arch" is ${JSON.stringify(config.architecture)}: ${file} is built for ${built}`);
  }
  return dir;
}

/** The processor that a program is for; `undefined` for what is no program of Linux, such as a script. */
function machineOf(file: string): Architecture | undefined {
  const head = Buffer.alloc(20);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  const isElf = head.subarray(0, 4).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
  return isElf ? MACHINES[head.readUInt16LE(18)] : undefined;
}
