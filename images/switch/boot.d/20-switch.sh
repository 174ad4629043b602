# shellcheck shell=sh
# What there is to run: the `needs` of the services name these files.
#
#   DATAPATH    `system` (the kernel's), `netdev` (in user space: the datapath is a part of ovs-vswitchd) or `auto`, the
#               default: the kernel's where the machine has its module loaded. `bridge`: bridges of the kernel, one for each
#               network, and nothing of Open vSwitch
#   CONTROLLER  `on`: ovs-testcontroller instead of the agent
rm -rf /run/switch
mkdir -p /run/switch /run/openvswitch /etc/openvswitch /dev/net
rm -f /run/openvswitch/*.pid

datapath=${DATAPATH:-auto} agent=l2-agent
if [ "$datapath" = auto ]; then
  if [ -e /sys/module/openvswitch ]; then datapath=system; else datapath=netdev; fi
elif [ "$datapath" = system ] && [ ! -e /sys/module/openvswitch ]; then
  echo "DATAPATH=system needs the kernel module openvswitch, which is not loaded on the engine's machine: modprobe openvswitch" >&2
  exit 1
fi
echo "$datapath" > /run/switch/datapath

if [ "$datapath" = bridge ]; then
  agent=l2-bridge-agent
  mkdir /run/switch/ports
else
  : > /run/switch/ovs
  # In user space ovs-vswitchd makes a tap device for each bridge.
  [ -c /dev/net/tun ] || mknod /dev/net/tun c 10 200
fi

# Whichever it is, its process has the name l2-agent.
if [ "${CONTROLLER:-off}" = on ]; then : > /run/switch/controller; else ln -s "/usr/local/bin/$agent" /run/switch/l2-agent; fi
