import type { BadNews } from '../../bad-news.ts';

/** What keepalived and conntrackd log: the texts are those of their programs (keepalived 2.3, conntrackd 1.4). */
export const ROUTER_NEWS: readonly BadNews[] = [
  {
    pattern: /keepalived.*\b(BUG - |please report)/i,
    means: 'keepalived has met a mistake of its own',
    level: 'failure',
  },
  { pattern: /exited due to segmentation fault/, means: 'a process of keepalived crashed', level: 'failure' },
  {
    pattern: /exited with permanent error/,
    means: 'a process of keepalived gave up for good',
    level: 'failure',
  },
  {
    pattern: /Netlink: Receive buffer overrun/,
    means: 'keepalived has missed what the kernel said of interfaces and addresses',
    level: 'note',
  },
  { pattern: /A thread timer expired/, means: 'keepalived woke up too late', level: 'note' },
  {
    pattern: /likely to be losing events/,
    means: 'conntrackd has missed connections of its kernel, so its peer does not know them',
    level: 'note',
  },
];
