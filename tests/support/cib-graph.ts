import { childrenOf, descendantsOf, readXml } from '../../harness/systems/pacemaker/config/xml.ts';

/** A monitor that Pacemaker repeats on a node. */
export interface ScheduledMonitor {
  interval_ms: number;
  timeout_ms: number;
  start_delay_ms: number;
  on_fail: string | undefined;
}

/** What Pacemaker means to do with a resource that it starts on a node. */
export interface ScheduledInstance {
  resource: string;
  node: string;
  role: 'Started' | 'Promoted';
  start_timeout_ms: number;
  monitors: ScheduledMonitor[];
}

/** The resources that a transition graph (`crm_simulate --save-graph`) starts, with the monitors that it repeats then. */
export function scheduledInstances(graph: string): ScheduledInstance[] {
  const actions = descendantsOf(readXml(graph, 'graph').root)
    .filter(({ name }) => name === 'action_set')
    .flatMap((set) => childrenOf(set, 'rsc_op'))
    .map((action) => {
      const meta = childrenOf(action, 'attributes')[0]?.attributes ?? {};
      const number = (name: string) => Number(meta[`CRM_meta_${name}`] ?? 0);
      return {
        what: action.attributes.operation ?? '',
        resource: childrenOf(action, 'primitive')[0]?.attributes.id ?? '',
        node: action.attributes.on_node ?? '',
        stopped: meta.CRM_meta_op_target_rc === '7',
        interval_ms: number('interval'),
        timeout_ms: number('timeout'),
        start_delay_ms: number('start_delay'),
        on_fail: meta.CRM_meta_on_fail,
      };
    });
  return actions
    .filter(({ what }) => what === 'start')
    .map(({ resource, node, timeout_ms: start_timeout_ms }) => {
      const own = actions.filter((one) => one.resource === resource && one.node === node);
      return {
        resource: resource.replace(/:\d+$/, ''),
        node,
        role: own.some(({ what }) => what === 'promote') ? 'Promoted' : 'Started',
        start_timeout_ms,
        monitors: own
          .filter(({ what, interval_ms, stopped }) => what === 'monitor' && interval_ms > 0 && !stopped)
          .map(({ interval_ms, timeout_ms, start_delay_ms, on_fail }) => ({
            interval_ms,
            timeout_ms,
            start_delay_ms,
            on_fail,
          })),
      };
    });
}
