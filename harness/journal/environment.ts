/** What a run's numbers were made on. */
export interface Environment {
  kernel: string;
  engine: string;
  /** Name of the engine's machine; absent in journals from before it was noted. */
  machine?: string;
  cpus: number;
  /** 1, 5 and 15 minute load averages at the start. */
  load: number[];
  /** Image name to content digest. */
  images: Record<string, string>;
  /** Daemon to version, as `2.3.3`. */
  versions: Record<string, string>;
  /** Node to the memory that it took when its lab was up, in bytes; without those of which the engine does not tell. */
  memory_bytes?: Record<string, number>;
  /** How long each step took until the lab was up, in their order, in milliseconds: what holds after it, and its time. */
  setup_ms?: Record<string, number>;
  /** Node to the time from the beginning of these steps until it was up, in milliseconds. */
  node_up_ms?: Record<string, number>;
  /** Of a run over several engines: each of them. Kernel and engine above name all; processors are those of the smallest. */
  engines?: EngineOfRun[];
  /** Of a run that was merged of shards of several machines: each of them. */
  machines?: MachineOfRun[];
}

/** One of several machines that shards of a run were made on. */
export interface MachineOfRun {
  machine: string;
  cpus: number;
  kernel: string;
  engine: string;
}

/** One of several engines that a run was made on. */
export interface EngineOfRun {
  /** As the user named it. */
  name: string;
  /** Of its machine, told apart from those of the other engines. */
  machine: string;
  cpus: number;
  kernel: string;
  engine: string;
  /** Image name to content digest: an image that was built on each engine has another digest on each. */
  images: Record<string, string>;
}
