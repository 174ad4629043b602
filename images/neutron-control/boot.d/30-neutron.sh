# shellcheck shell=sh
rm -rf /run/mysqld /run/neutron /var/lib/neutron/lock
mkdir -p /run/mysqld /run/neutron /var/lib/neutron/lock
chown mysql: /run/mysqld
