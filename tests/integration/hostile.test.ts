import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { InputError } from '../../harness/ground/errors.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab, LabNode } from '../../harness/lab/lab.ts';
import { runInNode } from '../../harness/lab/run-in-node.ts';
import { up } from '../../harness/lab/up.ts';
import { clusterState } from '../../harness/systems/pacemaker/live/cluster-view.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output, processes } from '../support/faults.ts';
import { buildHostile, HostFolder, READ, removeImage, SPIES } from '../support/hostile-image.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

describe('a hostile image', () => {
  const name = freshName('hostile');
  let host: HostFolder;
  let image: string;
  let topology: string;
  let lab: Lab;
  let evil: LabNode;

  beforeAll(async () => {
    host = await HostFolder.make();
    image = await buildHostile(host);
    topology = await host.writeTopology(name, image);
    lab = await up(engine, await loadTopology(topology, { env: {} }), { name });
    evil = lab.node('evil');
    await waitUntil({
      what: 'the node to have noted what it may do',
      timeout_ms: 10_000,
      check: async () => (await processes(lab, 'evil')).includes('keepalived'),
    });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(`${name}*`);
    if (image) await removeImage(image);
    await host?.remove();
  });

  /** What a program of the node noted. */
  const evidence = (program: string) => output(lab, 'evil', '/usr/bin/cat', `/evidence/${program}`);

  test('no file of the host, of the fabric or of the kernel is read through its links', async () => {
    const { pid } = evil;
    const paths = [
      ...READ,
      ...Object.keys(host.links()).filter((at) => at.startsWith('/links/')),
      '/folder/secret',
      '/upwards/secret',
      '/folder/../secret',
    ];
    for (const at of paths) {
      const read = lab.agent.call('read_node_file', { pid, path: at });
      await expect(read, at).rejects.toThrow(`${at} cannot be read in the node`);
      const lines = lab.agent.call('read_node_lines', { pid, path: at, offset: 0 });
      await expect(lines, at).rejects.toThrow(`${at} cannot be read in the node`);
      expect(await lab.agent.call('node_file_size', { pid, path: at }), at).toBeNull();
    }
    for (const at of ['/etc/dnsmasq.d', '/folder', '/upwards'])
      expect(await lab.agent.call('list_node_folder', { pid, path: at }), at).toBeNull();
    // Its own files are, the links inside too.
    expect(await lab.agent.call('read_node_file', { pid, path: '/run/service/web/supervise/stat' })).toBe(
      'run\n',
    );
    expect(await lab.agent.call('has_program', { pid, name: 'dash' })).toBe(true);
    await host.expectWhole();
  });

  test('nothing is written through its links', async () => {
    const { pid } = evil;
    const write = (files: Record<string, string>, remove: string[]) =>
      lab.agent.call('write_node_files', { pid, files, remove });
    await expect(write({ '/folder/new': 'x' }, [])).rejects.toThrow('/folder/new cannot be written');
    await expect(write({ '/upwards/victim': 'x' }, [])).rejects.toThrow('/upwards/victim cannot be written');
    await expect(write({}, ['/folder/victim'])).rejects.toThrow('/folder/victim cannot be removed');
    // A link in the place of the file itself is replaced, not followed.
    await output(lab, 'evil', '/usr/bin/ln', '-s', `/proc/1/root${host.path}/victim`, '/opt/.there.hadrill');
    await write({ '/links/0': 'own', '/opt/there': 'own' }, []);
    expect(await output(lab, 'evil', '/usr/bin/cat', '/links/0', '/opt/there')).toBe('ownown');
    await host.expectWhole();
  });

  test('its supervisor’s pipes are pipes of its own, or they are left alone', async () => {
    const { pid } = evil;
    for (const service of ['web', 'plain', 'state', 'none']) {
      expect(await lab.agent.call('hold_service', { pid, name: service }), service).toBe(false);
      expect(await lab.agent.call('start_service', { pid, name: service }), service).toBe(false);
    }
    await expect(lab.agent.call('has_service', { pid, name: '../../folder' })).rejects.toThrow(
      'not the name of a service',
    );
    expect(await output(lab, 'evil', '/usr/bin/cat', '/run/service/plain/supervise/control')).toBe('own\n');
    await host.expectWhole();
  });

  test('its programs run with the rights of its own first process, and no others', async () => {
    const own = await evidence('start');
    expect(own).toMatch(/^CapEff:\s+[0-9a-f]{16}$/m);
    expect(own).toMatch(/^Seccomp:\s+2$/m);
    expect(own).not.toMatch(/mounted|namespace$|sees|wrote|fabric/m);
    for (const program of SPIES.filter((one) => one !== 'sv' && one !== 'ip')) {
      expect((await runInNode(lab, evil, [program])).stdout).toBe(`said by ${program}\n`);
      expect(await evidence(program), program).toBe(own);
    }
    expect(await evidence('sh'), 'the shell that waits').toBe(own);
    // The node was wired, and its services asked for, without its own programs.
    const noted = (await output(lab, 'evil', '/usr/bin/ls', '/evidence')).split('\n');
    expect(noted).not.toContain('ip');
    expect(noted).not.toContain('sv');
    await host.expectWhole();
  });

  test('a program without end is ended, with what it has started', async () => {
    await expect(runInNode(lab, evil, ['crm_mon', 'flood'], 20)).rejects.toThrow(
      "'crm_mon flood' printed more than 1 MiB",
    );
    await expect(runInNode(lab, evil, ['crm_mon', 'stay'], 1)).rejects.toThrow(
      "'crm_mon stay' did not end within 1 s",
    );
    const left = await processes(lab, 'evil');
    expect(left).not.toContain('yes');
    expect(left).not.toContain('stays');
    expect(await clusterState(lab, { name: 'c', members: [evil] })).toBeUndefined();
  });

  test('names of its processes are names only', async () => {
    const { container_id } = evil;
    const found = await lab.agent.call('container_processes', { container_id });
    const spoofed = found.find((one) => one.name === ') Z 1 1');
    expect(spoofed?.state).toBe('S');
    const killed = await lab.agent.call('kill_named', {
      container_id,
      name: 'keepalived',
      signal_name: 'SIGKILL',
    });
    expect(killed.processes.map(({ argv }) => argv[0])).toEqual(['/opt/keepalived']);
  });

  test('a process that is not a node’s is neither read nor signalled nor entered', async () => {
    const bystander = spawn('sleep', ['60']);
    onTestFinished(() => void bystander.kill('SIGKILL'));
    const pid = bystander.pid!;
    const { agent } = lab;
    const refused = `process ${pid} has ended, or is not one of this lab's nodes`;
    await expect(agent.call('read_node_file', { pid, path: host.file('secret') })).rejects.toThrow(refused);
    await expect(agent.call('write_node_files', { pid, files: { '/x': '' }, remove: [] })).rejects.toThrow(
      refused,
    );
    await expect(agent.call('addresses_of', { pid })).rejects.toThrow(refused);
    await expect(agent.call('plug', { pid, ports: [] })).rejects.toThrow(refused);
    await agent.call('crash', { ports: [], pids: [pid] });
    await agent.call('shut_down', { nodes: [{ pid, ports: [] }], timeout_s: 1 });
    expect(await agent.call('alive', { pids: [pid, evil.pid] })).toEqual([evil.pid]);
    expect(bystander.exitCode ?? bystander.signalCode, 'it lives').toBeNull();
  });

  test('an image that asks for the machine by its label is refused', async () => {
    const greedy = await buildHostile(host, 'NET_ADMIN SYS_ADMIN');
    onTestFinished(() => removeImage(greedy));
    const spec = await loadTopology(topology, { env: {} });
    for (const node of spec.nodes) node.image = greedy;
    const refusal = await up(engine, spec, { name: `${name}-greedy` }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InputError);
    expect(String(refusal)).toContain('asks for SYS_ADMIN by its label hadrill.capabilities');
  });
});
