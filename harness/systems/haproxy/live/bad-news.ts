import type { BadNews } from '../../bad-news.ts';

/** What HAProxy logs (3.0). */
export const HAPROXY_NEWS: readonly BadNews[] = [
  { pattern: /FATAL: bug condition/, means: 'HAProxy has met a mistake of its own', level: 'failure' },
  {
    pattern: /Current worker \(\d+\) exited with code/,
    means: 'the process of HAProxy that serves ended',
    level: 'failure',
  },
  { pattern: /has no server available!/, means: 'HAProxy has no server left to ask', level: 'note' },
];
