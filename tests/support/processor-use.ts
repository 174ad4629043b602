import { readFileSync } from 'node:fs';

/** Less of the processors left idle than this, or more of them taken by the hypervisor: others keep the machine busy. */
const LEAST_IDLE = 0.15;
const MOST_STOLEN = 0.1;

interface Ticks {
  all: number;
  idle: number;
  stolen: number;
}

/** What becomes of this machine's processors from a moment on: /proc/stat, proc(5). */
export class ProcessorUse {
  readonly #from = ticks();

  static begin(): ProcessorUse {
    return new ProcessorUse();
  }

  /** Why the machine was starved, for people; undefined when it was not. */
  starved(): string | undefined {
    const { idle, stolen } = this.#shares();
    return idle < LEAST_IDLE || stolen > MOST_STOLEN ? this.describe() : undefined;
  }

  describe(): string {
    const { idle, stolen } = this.#shares();
    return `${(100 * idle).toFixed(0)} % of the processors idle, ${(100 * stolen).toFixed(0)} % taken by the hypervisor`;
  }

  #shares(): { idle: number; stolen: number } {
    const now = ticks();
    const all = Math.max(1, now.all - this.#from.all);
    return { idle: (now.idle - this.#from.idle) / all, stolen: (now.stolen - this.#from.stolen) / all };
  }
}

function ticks(): Ticks {
  const line = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  // user nice system idle iowait irq softirq steal; the guests' are in the first two already.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, stolen = 0] = line
    .split(' ')
    .map(Number);
  return { all: user + nice + system + idle + iowait + irq + softirq + stolen, idle, stolen };
}
