import type { Engine } from './connect.ts';

/** What the engine's machine is: asked for apart, since the engine takes its time to answer. */
export interface EngineDetails {
  /** What tells it from others; undefined where the engine does not say it. */
  id?: string | undefined;
  /** Name of the machine; undefined where the engine does not say it. */
  machine?: string | undefined;
  cpus: number;
  /** Of the engine's machine. */
  memory_bytes: number;
  cgroup_version: string;
  rootless: boolean;
  /** Where the engine keeps its images, on its own machine. */
  root_dir: string;
}

/** The fields of `GET /info` that are used; older engines lack some. */
interface EngineAnswer {
  ID?: string;
  Name?: string;
  NCPU: number;
  MemTotal: number;
  CgroupVersion?: string;
  SecurityOptions?: string[];
  DockerRootDir?: string;
}

export async function describeEngine(engine: Pick<Engine, 'docker'>): Promise<EngineDetails> {
  const answer = (await engine.docker.info()) as EngineAnswer;
  return {
    id: answer.ID || undefined,
    machine: answer.Name || undefined,
    cpus: answer.NCPU,
    memory_bytes: answer.MemTotal,
    cgroup_version: answer.CgroupVersion ?? '1',
    rootless: (answer.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
    root_dir: answer.DockerRootDir ?? '/var/lib/docker',
  };
}
