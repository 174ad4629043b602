import { askChecker, type Checker } from '../../ask-checker.ts';
import type { LiveSystem } from '../../live-system.ts';
import { BIRD_CONF, type EcmpFiles } from '../config/load-ecmp.ts';
import { ecmp } from '../ecmp.ts';
import { BIRD_NEWS } from './bad-news.ts';
import { EcmpWatch } from './ecmp-watch.ts';
import { auditRouters, nextHopsAudit } from './next-hops-audit.ts';

const BIRD: Checker = { path: BIRD_CONF, check: ['bird', '-p', '-c', BIRD_CONF] };

export const ecmpLive: LiveSystem<EcmpFiles> = {
  system: ecmp,
  audits: [nextHopsAudit],
  bad_news: BIRD_NEWS,
  daemons: { bird: ['bird', '--version'] },
  attach: (lab, { routers }) => auditRouters(lab, routers),
  require: (lab, { files }, signal) =>
    askChecker(
      lab,
      files.map((one) => ({ checker: BIRD, files: one })),
      signal,
    ),
  watch: (trial) => (trial.files.routers.length > 0 ? new EcmpWatch(trial) : undefined),
};
