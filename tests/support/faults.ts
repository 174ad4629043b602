import { expect } from 'vitest';
import { Injection } from '../../harness/drill/inject.ts';
import type { Lab } from '../../harness/lab/lab.ts';

/** Breaks, as a drill does; what was noted comes back too. */
export async function inject(lab: Lab, kind: string, target: string, options: Record<string, string> = {}) {
  const notes: string[] = [];
  const injection = await Injection.apply(lab, { kind, target, options }, (event) => notes.push(event));
  return { injection, notes };
}

/** What a command says; it must end with 0. */
export async function output(lab: Lab, node: string, ...command: string[]): Promise<string> {
  const done = await lab.exec(node, command);
  expect(done, `${command.join(' ')} on ${node}`).toMatchObject({ exit_code: 0 });
  return done.stdout;
}

/** Names of the processes that run in a node. */
export async function processes(lab: Lab, node: string): Promise<string[]> {
  const found = await lab.agent.call('container_processes', { container_id: lab.node(node).container_id });
  return found.map((process) => process.name);
}

/** The states of the nodes' ports in the fabric. */
export async function portStates(lab: Lab, ...nodes: string[]): Promise<string[]> {
  const ports = nodes.flatMap((node) => lab.node(node).ports.map((port) => port.port));
  return Object.values(await lab.agent.call('port_states', { ports }));
}

/** Fails unless an address answers. */
export async function pings(lab: Lab, from: string, address: string): Promise<void> {
  expect(await output(lab, from, 'ping', '-c', '2', '-i', '0.2', '-W', '2', address)).toContain(
    ' 0% packet loss',
  );
}
