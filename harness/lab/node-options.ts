import type Docker from 'dockerode';
import type { NodeImage } from '../engine/image-of-node.ts';
import type { HostNames } from '../topology/member.ts';
import type { Healthcheck, TopologyNode } from '../topology/topology.ts';
import { containerName, Label } from './labels.ts';

const NS_PER_MS = 1_000_000;
const SHORT_PERIOD_US = 10_000;
const LONG_PERIOD_US = 100_000;
const LEAST_QUOTA_US = 1000;

/** What a node's daemons say is kept in full for hours and days, and never fills the engine's disk. */
const NODE_LOG: Docker.HostConfig['LogConfig'] = {
  Type: 'json-file',
  Config: { 'max-size': '20m', 'max-file': '2' },
};

export interface LabIdentity {
  /** Name of the lab. */
  lab: string;
  /** Id of the run that the lab belongs to, or of the `up` that made it. */
  run_id: string;
  prefix: string | undefined;
  /** The process that makes it; undefined where that cannot be said. */
  owner?: string | undefined;
}

/** Labels that every container of a lab carries. */
export function labLabels(identity: LabIdentity, node: string, host: string): Record<string, string> {
  return {
    [Label.lab]: identity.lab,
    [Label.run]: identity.run_id,
    [Label.node]: node,
    [Label.host]: host,
    ...(identity.owner ? { [Label.owner]: identity.owner } : {}),
  };
}

/**
 * What the engine is asked to create for a node: no network of Docker's, no privilege but the
 * capabilities that its image and its topology list.
 * @param names what the node is to find under the names of others.
 * @param wire_count how many interfaces the node will get; passed to it as CLAB_INTFS, as containerlab does.
 */
export function nodeContainerOptions(
  identity: LabIdentity,
  node: TopologyNode,
  image: NodeImage,
  wire_count: number,
  binds: readonly string[],
  names: HostNames = new Map(),
): Docker.ContainerCreateOptions {
  const env = { CLAB_INTFS: String(wire_count), ...node.env };
  return {
    name: containerName(identity.prefix, identity.lab, node.name),
    Hostname: node.name,
    Image: image.tag,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...node.labels, ...labLabels(identity, node.name, node.host) },
    ...(node.cmd ? { Cmd: node.cmd } : {}),
    ...(node.entrypoint ? { Entrypoint: node.entrypoint } : {}),
    ...(node.user ? { User: node.user } : {}),
    ...(node.healthcheck ? { Healthcheck: dockerHealthcheck(node.healthcheck) } : {}),
    HostConfig: {
      LogConfig: NODE_LOG,
      NetworkMode: 'none',
      Privileged: false,
      CapAdd: [...new Set([...image.capabilities, ...node.cap_add])],
      ...(node.security_opts ? { SecurityOpt: [...node.security_opts] } : {}),
      Sysctls: node.sysctls,
      Binds: [...binds],
      ...(names.size > 0 ? { ExtraHosts: extraHosts(names) } : {}),
      ...(node.memory_bytes ? { Memory: node.memory_bytes } : {}),
      ...(node.cpus ? processorQuota(node.cpus) : {}),
      ...(node.shm_bytes ? { ShmSize: node.shm_bytes } : {}),
    },
  };
}

/**
 * A node that has used its share waits for the rest of a period: of a short one, as its daemons' timers are not to feel it.
 * The least quota that the kernel takes is 1 ms (sched-bwc, cgroup v1 and v2).
 */
function processorQuota(cpus: number): { CpuPeriod: number; CpuQuota: number } {
  const period_us = cpus * SHORT_PERIOD_US < LEAST_QUOTA_US ? LONG_PERIOD_US : SHORT_PERIOD_US;
  return { CpuPeriod: period_us, CpuQuota: Math.round(cpus * period_us) };
}

/** Lines of the node's /etc/hosts. */
function extraHosts(names: HostNames): string[] {
  return [...names].flatMap(([name, addresses]) => addresses.map((address) => `${name}:${address}`));
}

function dockerHealthcheck(check: Healthcheck): Docker.HealthConfig {
  return {
    Test: check.test,
    StartPeriod: check.start_period_ms * NS_PER_MS,
    Interval: check.interval_ms * NS_PER_MS,
    Timeout: check.timeout_ms * NS_PER_MS,
    Retries: check.retries,
  };
}
