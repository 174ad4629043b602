import type { Audit } from '../../audit.ts';
import { judgeFlows } from '../findings/judge-ports.ts';
import { auditSwitches } from './switch-audits.ts';

/** Nothing of what the agent had written is lost or left over. */
export const flowsAudit: Audit = {
  name: 'flows',
  summary: 'each switch has the flows that it had before the fault, cookies aside',
  run: ({ lab }) => auditSwitches(lab, 'flows', (one, now, before) => judgeFlows(one, before, now)),
};
