import type { LiveSystem } from '../../live-system.ts';
import type { Switch } from '../config/load-switches.ts';
import { l2 } from '../l2.ts';
import { SWITCH_NEWS } from './bad-news.ts';
import { flowsAudit } from './flows-audit.ts';
import { hotRestartFault } from './hot-restart-fault.ts';
import { L2Watch } from './l2-watch.ts';
import { plugFault, unplugFault } from './plug-fault.ts';
import { portsAudit } from './ports-audit.ts';
import { switchOf } from './switch-role.ts';
import { LabSwitches } from './switches.ts';

export const l2Live: LiveSystem<readonly Switch[]> = {
  system: l2,
  daemons: { 'ovs-vswitchd': ['ovs-vswitchd', '--version'], 'ovsdb-server': ['ovsdb-server', '--version'] },
  bad_news: SWITCH_NEWS,
  roles: { switch: switchOf },
  faults: [plugFault, unplugFault, hotRestartFault],
  audits: [portsAudit, flowsAudit],
  watch: (trial) => {
    const switches = LabSwitches.of(trial.lab);
    return switches && new L2Watch(trial, switches);
  },
};
