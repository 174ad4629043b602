# shellcheck shell=sh
# What a machine's start does to what an earlier life left: /run is empty, and namespaces are gone.
rm -rf /run/netns /run/neutron /run/conntrackd* /run/keepalived* /run/haproxy* /var/lib/neutron/lock
mkdir -p /run/netns /run/neutron /var/lib/neutron/lock

# Without SYS_ADMIN there are no namespaces of routers; the agents' helper process ends without the other two.
capabilities=$((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)))
for pair in DAC_READ_SEARCH=2 SYS_PTRACE=19 SYS_ADMIN=21; do
  [ $(((capabilities >> ${pair#*=}) & 1)) = 1 ] && continue
  echo "boot: Neutron's agents need the capability ${pair%=*}: add it to cap-add in the topology" >&2
  exit 1
done

# The agents set sysctls in the namespaces of routers. The engine mounts /proc/sys read-only.
mount -o remount,bind,rw /proc/sys || {
  echo 'boot: /proc/sys cannot be made writable: on a machine with AppArmor the node needs' \
    'security-opts: [apparmor=unconfined]' >&2
  exit 1
}
