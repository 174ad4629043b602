import type { BadNews } from '../../bad-news.ts';

/** What corosync and Pacemaker log (3.1, 3.0). */
export const CLUSTER_NEWS: readonly BadNews[] = [
  {
    pattern: /\bFAILED TO RECEIVE\b/,
    means: 'corosync could not follow what the ring sent',
    level: 'failure',
  },
  {
    pattern: /terminated with signal \d+/,
    means: 'a process of the cluster was ended by a signal',
    level: 'failure',
  },
  {
    pattern: /[Ii]nhibiting (automated )?respawn|will not respawn/,
    means: 'Pacemaker does not start one of its daemons again',
    level: 'failure',
  },
  {
    pattern: /Could not recover from internal error/,
    means: "Pacemaker's controller gave up",
    level: 'failure',
  },
  { pattern: /main process was not scheduled/, means: 'corosync got no processor in time', level: 'note' },
];
