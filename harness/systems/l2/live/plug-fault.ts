import { InputError } from '../../../ground/errors.ts';
import { wholeNumber } from '../../../ground/whole-number.ts';
import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { type Doubt, waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../../fault.ts';
import type { ResolvedTarget } from '../../resolved-target.ts';
import {
  plugCommand,
  plugIn,
  portInDatabase,
  runOnSwitch,
  type SwitchPort,
  switchPort,
  unplugCommand,
} from './plugging.ts';

/** A look is a program in the switch. */
const PACE = { timeout_ms: 10_000, interval_ms: 250 };

/** A machine comes to a switch while the lab runs. */
export const plugFault: FaultKind = {
  kind: 'plug',
  summary: "a machine's port is plugged into its switch, as a compute service does; healing takes it out",
  targets: ['interface'],
  options: { vlan: 'the VLAN of its network on the wire between switches (that of PORTS)' },
  checkOptions: (options) => void vlanOf(options),
  prepare: (lab, target, options) => new Plugging(lab, target, 'plug', vlanOf(options)),
};

/** A machine goes. */
export const unplugFault: FaultKind = {
  kind: 'unplug',
  summary: "a machine's port is taken out of its switch, as a compute service does; healing plugs it in",
  targets: ['interface'],
  options: {},
  prepare: (lab, target) => new Plugging(lab, target, 'unplug', undefined),
};

const MOST_VLAN = 4094;

/** @throws InputError for what is no VLAN. */
function vlanOf({ vlan }: FaultOptions): number | undefined {
  if (vlan === undefined) return undefined;
  const number = wholeNumber(vlan, 1, MOST_VLAN);
  if (number !== undefined) return number;
  throw new InputError(`the vlan of plug is a number from 1 to ${MOST_VLAN}, not '${vlan}'`);
}

class Plugging implements Fault {
  readonly label: string;
  // A port is nobody's address.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'it is in the database of the switch';
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #port: SwitchPort;
  readonly #way: 'plug' | 'unplug';
  readonly #vlan: number;
  #tried = false;

  /** @throws InputError where the target is no port of a switch, or its network is not known. */
  constructor(lab: Lab, target: ResolvedTarget, way: 'plug' | 'unplug', vlan: number | undefined) {
    this.#lab = lab;
    this.#way = way;
    this.#port = switchPort(lab, target, way);
    const { node, interface: name } = this.#port;
    const known = vlan ?? this.#port.vlan;
    if (known === undefined)
      throw new InputError(`${way}: the network of port ${name} of '${node.name}' is not known`, {
        remedy: way === 'plug' ? 'say it with the option vlan' : 'PORTS of the switch says it',
      });
    this.#vlan = known;
    this.victims = [node];
    const argv = way === 'plug' ? unplugCommand(this.#port) : plugCommand(this.#port, known);
    this.guard = [{ step: 'run_in_node', args: { container_ids: [node.container_id], argv } }];
    this.label = `${way} of port ${name} ${way === 'plug' ? 'into' : 'out of'} ${node.name} (VLAN ${known})`;
  }

  /** @throws InputError when it is as it would be afterwards. */
  async apply(): Promise<ChangeTime> {
    const { node, interface: name } = this.#port;
    const plugged = (await portInDatabase(this.#lab, this.#port)) !== undefined;
    // To heal would be to take back what somebody else has done.
    if (plugged === (this.#way === 'plug'))
      throw new InputError(
        `port ${name} is ${plugged ? 'already plugged into' : 'not plugged into'} '${node.name}'`,
      );
    this.#tried = true;
    return this.#do(this.#way);
  }

  verifyApplied(): Promise<Doubt> {
    return this.#look(this.#way === 'plug');
  }

  async heal(): Promise<void> {
    if (this.#tried) await this.#do(this.#way === 'plug' ? 'unplug' : 'plug');
  }

  verifyHealed(): Promise<Doubt> {
    return this.#tried ? this.#look(this.#way !== 'plug') : Promise.resolve(undefined);
  }

  #do(way: 'plug' | 'unplug'): Promise<ChangeTime> {
    return way === 'plug'
      ? plugIn(this.#lab, this.#port, this.#vlan)
      : runOnSwitch(this.#lab, this.#port, unplugCommand(this.#port));
  }

  #look(wanted: boolean): Promise<Doubt> {
    const { node, interface: name } = this.#port;
    return waitForEffect(async () => {
      const plugged = (await portInDatabase(this.#lab, this.#port)) !== undefined;
      if (plugged === wanted) return undefined;
      return `the database of ${node.name} ${plugged ? 'still has' : 'does not have'} port ${name}`;
    }, PACE);
  }
}
