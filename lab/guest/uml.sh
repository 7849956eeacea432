#!/bin/sh
# The host's side of a guest that is a User Mode Linux: two stages, in namespaces of their own, so that
# the host's network stays as it is and everything here ends with the first process.
#
#   outside (PID 1 of a PID namespace, the host's network): listens on 127.0.0.1, starts inside
#   inside  (a network namespace of its own): the tap device 10.0.10.200, then the kernel
#
# Between them TCP goes through Unix sockets in .lab/guest, which don't belong to a network namespace.
# $1: outside or inside; $2: .lab/guest; $3: the image's root.squashfs; $4: the folder that becomes the
# kernel's root; then ALIAS:PORT:ADDRESS of each SSH forward, `--`, the kernel and its arguments.
set -eu
export PATH="$PATH:/usr/sbin:/sbin"
stage=$1 image=$3 uml=$4
# A socket's path has at most 107 bytes, so names must be short.
cd "$2"
shift 4
case $stage in
outside)
  mkdir -p memory
  # The guest's memory is a file: on a tmpfs of its own whatever this machine's /tmp and /dev/shm are.
  mount -t tmpfs -o size=1400m,mode=700 tmpfs memory
  rm -f base.squashfs
  : >base.squashfs
  mount --bind "$image" base.squashfs
  rm -f ./*.sock
  for forward; do
    [ "$forward" = -- ] && break
    port=${forward#*:}
    socat "TCP4-LISTEN:${port%%:*},bind=127.0.0.1,fork,reuseaddr,backlog=64" "UNIX-CONNECT:${forward%%:*}.sock" &
  done
  # A request ends with a half-closed connection; the answer may take as long as an apply does.
  socat -t 900 UNIX-LISTEN:pvesh.sock,fork,backlog=64 "EXEC:/bin/sh to-host.sh ../lab.json" &
  # Not exec: PID 1 must be a process that lives as long as the kernel, and no longer.
  unshare --net -- /bin/sh "$0" inside "$PWD" "$image" "$uml" "$@"
  ;;
inside)
  ip link set lo up
  ip tuntap add dev lab0 mode tap
  echo 1 >/proc/sys/net/ipv6/conf/lab0/disable_ipv6 2>/dev/null || :
  ip address add 10.0.10.200/24 dev lab0
  ip link set lab0 up
  while [ "$1" != -- ]; do
    socat "UNIX-LISTEN:${1%%:*}.sock,fork,backlog=64" "TCP4:${1##*:}:22" &
    shift
  done
  shift
  socat -t 900 TCP4-LISTEN:8007,bind=10.0.10.200,fork,backlog=64 UNIX-CONNECT:pvesh.sock &
  mount --rbind /dev "$uml/dev"
  mount -t proc proc "$uml/proc"
  mount --rbind . "$uml/lab"
  TMPDIR=/lab/memory HOME=/ exec chroot "$uml" "$@"
  ;;
esac
