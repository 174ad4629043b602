import type { Switch } from '../config/load-switches.ts';
import type { SwitchLook } from './l2-facts.ts';
import { unwired } from './switch-state.ts';

/** The table in which Neutron's agent keeps its canary flow. */
const CANARY = /^table=23,/;

/**
 * Why a switch does not forward as it should; undefined when it does: the agent has written its flows and wired every
 * port, or the controller is connected.
 */
export function notReady({ settings }: Pick<Switch, 'settings'>, look: SwitchLook): string | undefined {
  const { node, database, flows } = look;
  if (!database) return `the database of ${node} does not answer`;
  const silent = flows.find(({ trouble }) => trouble !== undefined);
  if (silent || flows.length === 0) return `ovs-vswitchd of ${node} does not answer`;
  const plugged = new Set(database.ports.filter(({ vlan }) => vlan !== null).map(({ name }) => name));
  const absent = settings.ports.filter((port) => !plugged.has(port.interface));
  if (absent.length > 0) return `${node} does not have its port ${absent[0]!.interface}`;
  const [port] = unwired(look);
  if (port) return `port ${port.name} of ${node}: ${port.why}`;
  if (settings.controller)
    return database.controllers.some(({ connected }) => connected)
      ? undefined
      : `${node} is not connected to its controller`;
  if (flows.some((bridge) => bridge.flows.some((flow) => CANARY.test(flow)))) return undefined;
  return `the agent of ${node} has not written its flows`;
}
