import type { Audit } from '../systems/audit.ts';
import { liveSystems } from '../systems/live.ts';
import { judgeLog, LOG_NEWS } from './judge-log.ts';
import { readLogs } from './read-logs.ts';

const NEWS = liveSystems.flatMap(({ bad_news = [] }) => bad_news);

/** No daemon has logged that something is wrong with it, but what a fault of its node accounts for. */
export const logNews: Audit = {
  name: LOG_NEWS,
  summary:
    'no daemon has logged a mistake of its own or a limit that it has met, unless a fault was at its node',
  run: async ({ lab, nodes, facts }) => [judgeLog(await readLogs(lab, nodes.before.at_ns), NEWS, facts)],
};
