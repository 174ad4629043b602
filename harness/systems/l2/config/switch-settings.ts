import { didYouMean } from '../../../ground/near-name.ts';

/** A port of a machine on a switch. */
export interface AccessPort {
  interface: string;
  /** Of its network on the wire between switches. */
  vlan: number;
}

/** What starts a dead ovs-vswitchd again: nothing, its own monitor (`--monitor`), or the node's init. */
export type Keeper = 'nothing' | 'monitor' | 'init';

/** What a node of the image `hadrill/switch` is started with. */
export interface SwitchSettings {
  ports: AccessPort[];
  /** The wire to other switches; null where there is none. */
  trunk: string | null;
  /** Of the bridge with the machines. */
  fail_mode: 'secure' | 'standalone';
  /** Of the bridge with the wire to other switches; with a controller it has no flows, and switches by itself. */
  phys_fail_mode: 'secure' | 'standalone';
  /**
   * Open vSwitch's: `auto`: the kernel's where the machine has its module loaded, else the one in user space. `bridge`: bridges
   * of the kernel, and nothing of Open vSwitch.
   */
  datapath: 'auto' | 'system' | 'netdev' | 'bridge';
  /** Flows come from an OpenFlow controller, and there is no agent. */
  controller: boolean;
  /** Of the connection to the controller. */
  inactivity_probe_ms: number;
  /** Between two looks of the agent. */
  polling_ms: number;
  /** Until the server has answered the agent with its ports. */
  start_delay_ms: number;
  /** Every flow goes when the agent starts. */
  drop_flows_on_start: boolean;
  vswitchd_keeper: Keeper;
  /** The node's init starts it again whenever it ends. */
  agent_respawns: boolean;
  ovsdb_respawns: boolean;
}

/** What is wrong with one variable. */
export interface SettingProblem {
  variable: string;
  message: string;
}

const FAIL_MODES = ['secure', 'standalone'] as const;
const DATAPATHS = ['auto', 'system', 'netdev', 'bridge'] as const;
const SWITCHED = ['off', 'on'] as const;
const FLAGS = ['false', 'true'] as const;
/** 802.1Q: 0 and 4095 are reserved; the agent keeps 4095 for dead ports. */
const MOST_VLAN = 4094;

/**
 * Reads the environment of a switch; the defaults are those of the image.
 * @param wires the interfaces that the topology gives the node.
 * @returns the settings, defaults in place of what is wrong, and everything that is wrong.
 */
export function readSwitchSettings(
  env: Readonly<Record<string, string>>,
  wires: readonly string[],
): { settings: SwitchSettings; problems: SettingProblem[] } {
  const read = new Variables(env);
  const controller = read.word('CONTROLLER', SWITCHED, 'off') === 'on';
  const respawned = (env.RESPAWN ?? '').split(/\s+/);
  const monitored = read.word('MONITOR', SWITCHED, 'off') === 'on';
  const settings: SwitchSettings = {
    ports: readPorts(read, wires),
    trunk: read.wire('TRUNK', wires),
    fail_mode: read.word('FAIL_MODE', FAIL_MODES, 'secure'),
    phys_fail_mode: read.physFailMode(controller),
    datapath: read.word('DATAPATH', DATAPATHS, 'auto'),
    controller,
    inactivity_probe_ms: read.seconds('INACTIVITY_PROBE', 5),
    polling_ms: read.seconds('POLLING_INTERVAL', 2),
    start_delay_ms: read.seconds('START_DELAY', 0),
    drop_flows_on_start: read.word('DROP_FLOWS_ON_START', FLAGS, 'false') === 'true',
    vswitchd_keeper: respawned.includes('ovs-vswitchd') ? 'init' : monitored ? 'monitor' : 'nothing',
    agent_respawns: respawned.includes('l2-agent'),
    ovsdb_respawns: respawned.includes('ovsdb-server'),
  };
  if (settings.datapath === 'bridge')
    for (const [variable, message] of notOfBridges(settings)) read.refuse(variable, message);
  return { settings, problems: read.problems };
}

/** What is asked for that bridges of the kernel do not have. */
function notOfBridges(settings: SwitchSettings): [string, string][] {
  const { controller, drop_flows_on_start, fail_mode, phys_fail_mode, vswitchd_keeper } = settings;
  const asked: [boolean, string, string][] = [
    [controller, 'CONTROLLER', 'a bridge of the kernel takes no flows from a controller'],
    [drop_flows_on_start, 'DROP_FLOWS_ON_START', 'a bridge of the kernel has no flows to drop'],
    [fail_mode === 'standalone', 'FAIL_MODE', 'a bridge of the kernel always switches by itself'],
    [
      phys_fail_mode === 'standalone' && !controller,
      'PHYS_FAIL_MODE',
      'a bridge of the kernel always switches by itself',
    ],
    [vswitchd_keeper === 'monitor', 'MONITOR', 'ovs-vswitchd does not run'],
  ];
  return asked.flatMap(([is, variable, why]): [string, string][] =>
    is ? [[variable, `${why}: leave it out with DATAPATH=bridge`]] : [],
  );
}

function readPorts(read: Variables, wires: readonly string[]): AccessPort[] {
  const ports: AccessPort[] = [];
  for (const word of read.text('PORTS').split(/\s+/)) {
    if (word === '') continue;
    const [, name, vlan] = /^([^=]+)=(\d+)$/.exec(word) ?? [];
    if (name === undefined || Number(vlan) < 1 || Number(vlan) > MOST_VLAN)
      read.refuse('PORTS', `expected INTERFACE=VLAN with a VLAN from 1 to ${MOST_VLAN}, not '${word}'`);
    else if (ports.some((one) => one.interface === name))
      read.refuse('PORTS', `names '${name}' twice: a port is in one network`);
    else if (read.isWire('PORTS', name, wires)) ports.push({ interface: name, vlan: Number(vlan) });
  }
  return ports;
}

/** Environment variables, with what is wrong in them. */
class Variables {
  readonly problems: SettingProblem[] = [];
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  refuse(variable: string, message: string): void {
    this.problems.push({ variable, message });
  }

  text(variable: string): string {
    return this.#env[variable] ?? '';
  }

  word<Word extends string>(variable: string, words: readonly Word[], otherwise: Word): Word {
    const text = this.text(variable) || otherwise;
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    this.refuse(variable, `expected ${words.join(' or ')}${didYouMean(text, words)}, not '${text}'`);
    return otherwise;
  }

  physFailMode(controller: boolean): 'secure' | 'standalone' {
    const asked = this.word('PHYS_FAIL_MODE', FAIL_MODES, 'secure');
    return controller ? 'standalone' : asked;
  }

  /** @returns ms. */
  seconds(variable: string, otherwise: number): number {
    const text = this.text(variable) || String(otherwise);
    if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
    this.refuse(variable, `expected seconds, such as 2 or 0.5, not '${text}'`);
    return otherwise * 1000;
  }

  wire(variable: string, wires: readonly string[]): string | null {
    const name = this.text(variable);
    return name !== '' && this.isWire(variable, name, wires) ? name : null;
  }

  isWire(variable: string, name: string, wires: readonly string[]): boolean {
    if (wires.includes(name)) return true;
    const known = wires.join(', ') || 'none';
    this.refuse(variable, `the node has no wire '${name}'${didYouMean(name, wires)}; it has ${known}`);
    return false;
  }
}
