import { InputError } from '../../../ground/errors.ts';
import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { type Doubt, waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../../fault.ts';
import type { ResolvedTarget } from '../../resolved-target.ts';
import { DAEMONS, FLOWS_KEPT } from '../findings/daemon-loss.ts';
import { LabSwitches } from './switches.ts';

/** There when the new one has been given its flows. */
const DONE = '/run/switch/restarted';
const LOG = '/run/switch/restart.log';
/** In the background: its moment is that of its beginning. */
const RESTART = `rm -f ${DONE}; (switch-restart restore && : > ${DONE}) > ${LOG} 2>&1 < /dev/null &`;
/** Where it broke off: a new ovs-vswitchd may wait for its flows for ever, or was never started. */
const REPAIR =
  'ovs-vsctl --timeout=5 --no-wait --if-exists remove open_vswitch . other_config flow-restore-wait=true; ' +
  'switch-start';
const IS_DONE = `[ -e ${DONE} ] || { cat ${LOG}; exit 1; }`;
const RUNS = 'sv status /run/service/ovs-vswitchd | grep -q ^run';

/** A look is a program in the switch. */
const PACE = { timeout_ms: 10_000, interval_ms: 250 };

/** A planned restart of a switch, as `ovs-ctl restart` makes it. */
export const hotRestartFault: FaultKind = {
  kind: 'hot-restart',
  summary:
    'ovs-vswitchd ends in good order and is started again with the flows that it had, as ovs-ctl does it',
  targets: ['process'],
  options: {},
  foresee: () => ({ departure: undefined, stops_forwarding: false, signal: FLOWS_KEPT }),
  prepare: (lab, target) => new HotRestart(lab, target),
};

class HotRestart implements Fault {
  readonly label: string;
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly signal = FLOWS_KEPT;
  readonly victims: readonly LabNode[];
  readonly guard: readonly GuardStep[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  #tried = false;

  /** @throws InputError where the target is not the ovs-vswitchd of a switch. */
  constructor(lab: Lab, target: ResolvedTarget) {
    if (target.form !== 'process' || target.process !== DAEMONS.vswitchd)
      throw new InputError(
        `hot-restart is aimed at ${DAEMONS.vswitchd} of a switch: NODE/${DAEMONS.vswitchd}`,
      );
    const own = LabSwitches.of(lab)?.all.find(({ node }) => node === target.node);
    if (!own) throw new InputError(`hot-restart: '${target.node}' is no switch (image hadrill/switch)`);
    if (own.settings.datapath === 'bridge')
      throw new InputError(
        `hot-restart: '${target.node}' has bridges of the kernel, and no ${DAEMONS.vswitchd}`,
      );
    this.#lab = lab;
    this.#node = lab.node(target.node);
    this.victims = [this.#node];
    const argv = ['sh', '-c', REPAIR];
    this.guard = [{ step: 'run_in_node', args: { container_ids: [this.#node.container_id], argv } }];
    this.label = `hot restart of ${DAEMONS.vswitchd} on ${target.node}`;
  }

  async apply(): Promise<ChangeTime> {
    this.#tried = true;
    return await this.#run(RESTART);
  }

  verifyApplied(): Promise<Doubt> {
    return waitForEffect(async () => {
      const { status, stdout } = await this.#run(IS_DONE);
      if (status === 0) return undefined;
      const said = stdout.trim();
      return `the new ${DAEMONS.vswitchd} of ${this.#node.name} has not been given its flows${said && `: ${said}`}`;
    }, PACE);
  }

  async heal(): Promise<void> {
    if (this.#tried && (await this.verifyHealed()) !== undefined) await this.#run(REPAIR);
  }

  async verifyHealed(): Promise<Doubt> {
    if (!this.#tried) return undefined;
    const { status } = await this.#run(`${IS_DONE}; ${RUNS}`);
    return status === 0 ? undefined : `${DAEMONS.vswitchd} of ${this.#node.name} does not run with its flows`;
  }

  #run(script: string) {
    return runInNode(this.#lab, this.#node, ['sh', '-c', script]);
  }
}
