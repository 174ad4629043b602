import type { Switch } from '../config/load-switches.ts';
import { cutOff } from './kernel-bridges.ts';
import type { SwitchLook } from './l2-facts.ts';
import { unwired } from './switch-state.ts';

/** The table in which Neutron's agent keeps its canary flow. */
const CANARY = /^table=23,/;

type Known = Pick<Switch, 'settings'>;

/**
 * Why a switch does not forward as it should; undefined when it does: the agent has written its flows and wired every
 * port, or the controller is connected. Bridges of the kernel have no flows: every port is on one, and has its tunnel.
 */
export function notReady({ settings }: Known, look: SwitchLook): string | undefined {
  const { node, database } = look;
  const silent = silence({ settings }, look);
  if (silent !== undefined || !database) return silent;
  const plugged = new Set(database.ports.filter(({ vlan }) => vlan !== null).map(({ name }) => name));
  const absent = settings.ports.filter((port) => !plugged.has(port.interface));
  if (absent.length > 0) return `${node} does not have its port ${absent[0]!.interface}`;
  const [port] = unwired(look);
  if (port) return `port ${port.name} of ${node}: ${port.why}`;
  return look.kernel_bridges ? cutOff(settings, look)[0] : withoutFlows({ settings }, look);
}

/** What of a switch does not answer. */
function silence({ settings }: Known, { node, database, flows }: SwitchLook): string | undefined {
  if (settings.datapath === 'bridge')
    return database ? undefined : `the kernel of ${node} does not say what bridges it has`;
  if (!database) return `the database of ${node} does not answer`;
  const silent = flows.length === 0 || flows.some(({ trouble }) => trouble !== undefined);
  return silent ? `ovs-vswitchd of ${node} does not answer` : undefined;
}

function withoutFlows({ settings }: Known, { node, database, flows }: SwitchLook): string | undefined {
  if (settings.controller)
    return database?.controllers.some(({ connected }) => connected)
      ? undefined
      : `${node} is not connected to its controller`;
  if (flows.some((bridge) => bridge.flows.some((flow) => CANARY.test(flow)))) return undefined;
  return `the agent of ${node} has not written its flows`;
}
