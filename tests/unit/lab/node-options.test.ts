import { expect, test } from 'vitest';
import { nodeContainerOptions } from '../../../harness/lab/node-options.ts';
import type { TopologyNode } from '../../../harness/topology/topology.ts';

const NODE: TopologyNode = {
  name: 'r1',
  host: 'node1',
  image: 'hadrill/router',
  cmd: undefined,
  entrypoint: undefined,
  env: { A: '1' },
  binds: [],
  exec: [],
  labels: { mine: 'yes', 'hadrill.lab': 'forged' },
  sysctls: { 'net.ipv4.ip_forward': '1' },
  cap_add: ['NET_ADMIN', 'SYS_NICE'],
  startup_delay_ms: 0,
  healthcheck: {
    test: ['CMD', 'true'],
    start_period_ms: 0,
    interval_ms: 1000,
    timeout_ms: 500,
    retries: 3,
  },
  stages: [],
  stage_execs: [],
  memory_bytes: 1024,
  shm_bytes: 2048,
  cpus: 1.5,
  user: undefined,
  virtual_routers: [],
  dhcp_network: undefined,
  networks_file: undefined,
  cluster: undefined,
};

const IMAGE = {
  tag: 'hadrill/router:abc',
  id: 'sha256:0',
  digest: 'sha256:0',
  capabilities: ['NET_ADMIN', 'NET_RAW'],
  env: [],
  entrypoint: [],
  cmd: [],
  labels: {},
};

const options = nodeContainerOptions({ lab: 'l3', run_id: 'x', prefix: undefined }, NODE, IMAGE, 3, [
  '/a:/b:ro',
]);

test('what the topology turns off of the engine’s protection is off, and nothing else is', () => {
  const node = { ...NODE, security_opts: ['apparmor=unconfined'] as const };
  const given = nodeContainerOptions({ lab: 'l3', run_id: 'x', prefix: undefined }, node, IMAGE, 3, []);
  expect(given.HostConfig?.SecurityOpt).toEqual(['apparmor=unconfined']);
  expect(options.HostConfig?.SecurityOpt).toBeUndefined();
});

test('a node has no network of the engine, no privilege, and the capabilities of image and topology once', () => {
  expect(options.HostConfig).toMatchObject({
    NetworkMode: 'none',
    Privileged: false,
    CapAdd: ['NET_ADMIN', 'NET_RAW', 'SYS_NICE'],
    Sysctls: { 'net.ipv4.ip_forward': '1' },
    Binds: ['/a:/b:ro'],
    Memory: 1024,
    ShmSize: 2048,
    CpuPeriod: 10_000,
    CpuQuota: 15_000,
  });
});

test('its labels are ours, whatever the topology says', () => {
  expect(options.Labels).toEqual({
    mine: 'yes',
    'hadrill.lab': 'l3',
    'hadrill.run': 'x',
    'hadrill.node': 'r1',
    'hadrill.host': 'node1',
  });
});

test('it is told how many wires to wait for', () => {
  expect(options.Env).toEqual(['CLAB_INTFS=3', 'A=1']);
});

test("a healthcheck is in the engine's nanoseconds", () => {
  expect(options.Healthcheck).toEqual({
    Test: ['CMD', 'true'],
    StartPeriod: 0,
    Interval: 1_000_000_000,
    Timeout: 500_000_000,
    Retries: 3,
  });
});

test.each([
  [0.5, 10_000, 5000],
  [0.1, 10_000, 1000],
  [0.05, 100_000, 5000],
  [2, 10_000, 20_000],
])('with %d of a processor a node waits no longer than its period', (cpus, CpuPeriod, CpuQuota) => {
  const { HostConfig } = nodeContainerOptions(
    { lab: 'l3', run_id: 'x', prefix: undefined },
    { ...NODE, cpus },
    ...([IMAGE, 1, []] as const),
  );
  expect(HostConfig).toMatchObject({ CpuPeriod, CpuQuota });
});
