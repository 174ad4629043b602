/** Services that the notify scripts of our images start on the master and end everywhere else. */
const OF_PRIMARY = /^(radvd|metadata-proxy-.+)$/;

/** Whether a service runs on the master alone. */
export function isOfPrimary(service: string | null): boolean {
  return service !== null && OF_PRIMARY.test(service);
}
