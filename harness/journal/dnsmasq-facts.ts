/** A plain dnsmasq of a trial, which has its own configuration: what it was started with, and what became of it. */
export interface DnsmasqFacts {
  node: string;
  host: string;
  /** IPv4 addresses of its node before the fault: one of them is its server identifier (option 54). */
  addresses: string[];
  /** Of its process, without the name. */
  args: string[];
  /** The files that its configuration consists of, by absolute path, and the names in the folders it names. */
  files: Record<string, string>;
  dirs: Record<string, string[]>;
  /** Whether it ran when the healing began; undefined when the trial did not get as far. */
  survived?: boolean;
}
