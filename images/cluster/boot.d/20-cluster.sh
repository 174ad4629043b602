# shellcheck shell=sh
# A member of a cluster starts.

# What a life before this one left, where the node was restarted: pids and locks that would be taken for present ones.
# The CIB, corosync's ring id and the alerts stay, as on a disk.
rm -rf /run/corosync.pid /run/haproxy*.pid /run/metadata-agent*.pid /run/resource-agents/* /dev/shm/qb-*

# The first configuration: every member begins with the same one (cib.xml without a signature is taken as it is). A
# member that was in the cluster before keeps its own.
cib=/var/lib/pacemaker/cib/cib.xml
if [ -e /etc/pacemaker/cib.xml ] && ! [ -e "$cib" ]; then
  install -o hacluster -g haclient -m 600 /etc/pacemaker/cib.xml "$cib"
fi

# Alert agents run as hacluster. The file is there before the first event.
install -d -o hacluster -g haclient -m 755 /run/hadrill
touch /run/hadrill/alerts
chown hacluster:haclient /run/hadrill/alerts

# What systemd makes for HAProxy (RuntimeDirectory= of Debian's haproxy.service): its usual sockets are there.
install -d -o haproxy -g haproxy -m 755 /run/haproxy
