import type { ProcessInfo } from './agent-shapes.ts';
import type { Lab, LabNode } from './lab.ts';
import { STOPPED } from './signals.ts';

/** The kernel's name for a process has so many characters at most (proc(5), /proc/PID/comm). */
const MOST_NAME = 15;

/**
 * By the kernel's name for it, by its program's file name, or by what the kernel's name is the beginning of: the file name
 * of a script that was started by itself, or the title that the program gave itself.
 */
export function isNamed({ name: short, argv }: Pick<ProcessInfo, 'name' | 'argv'>, name: string): boolean {
  const [program = short, script = ''] = argv;
  const title = program.split(' ', 1)[0]!.replace(/:$/, '');
  const whole = [fileName(script), title].filter((word) => word.slice(0, MOST_NAME) === short);
  return [short, fileName(program), ...whole].includes(name);
}

function fileName(path: string): string {
  return path.split('/').at(-1)!;
}

/** Every process of a node; none where it is down. */
export function processesOf(lab: Lab, node: LabNode): Promise<ProcessInfo[]> {
  return lab.agent.call('container_processes', { container_id: node.container_id });
}

/** Whether a process of that name runs in the node and is not stopped. */
export async function runsOn(lab: Lab, node: LabNode, name: string): Promise<boolean> {
  const all = await processesOf(lab, node);
  return all.some((process) => isNamed(process, name) && process.state !== STOPPED);
}
