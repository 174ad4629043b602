import type { ProcessInfo } from './agent-shapes.ts';
import type { Lab, LabNode } from './lab.ts';
import { STOPPED } from './signals.ts';

/** By the kernel's name for it (15 characters at most, proc(5)) or by its program's file name. */
export function isNamed(process: ProcessInfo, name: string): boolean {
  return process.name === name || process.argv[0]?.split('/').at(-1) === name;
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
