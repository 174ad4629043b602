import { askChecker, type Checker } from '../../ask-checker.ts';
import type { LiveSystem } from '../../live-system.ts';
import { HAPROXY_CFG, type HaproxyFiles } from '../config/load-haproxy.ts';
import { haproxy } from '../haproxy.ts';
import { HAPROXY_NEWS } from './bad-news.ts';
import { BalancersWatch } from './balancers-watch.ts';

const HAPROXY: Checker = { path: HAPROXY_CFG, check: ['haproxy', '-c', '-f', HAPROXY_CFG] };

export const haproxyLive: LiveSystem<readonly HaproxyFiles[]> = {
  system: haproxy,
  bad_news: HAPROXY_NEWS,
  daemons: { haproxy: ['haproxy', '-v'] },
  require: (lab, nodes, signal) =>
    askChecker(
      lab,
      nodes.filter(({ whole }) => whole).map((files) => ({ checker: HAPROXY, files })),
      signal,
    ),
  watch: ({ files }) => (files.length > 0 ? new BalancersWatch(files) : undefined),
};
