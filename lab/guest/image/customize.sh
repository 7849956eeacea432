#!/bin/sh
# mmdebstrap's customize hook: adds the kernel's modules to the root and lays out, in /lab-out, what
# QEMU and User Mode Linux need beside it (kernels, busybox, the few modules that must be loaded
# before the root).
# The kernel package is unpacked, not installed: installing it would pull in an initramfs generator
# and run it, for an initramfs that is never booted.
set -eu
root=$1
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

out=$root/lab-out
work=$root/lab-work
mkdir -p "$out/lib/lab-modules" "$out/bin" "$work"
# Both kernels are always Debian 13's, the default release of either root: later packages are divided
# otherwise, and a later User Mode Linux has no iptables, which SNAT needs, and no nftables.
kernel=$(apt-cache depends linux-image-cloud-amd64 |
  sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
[ -n "$kernel" ] || { echo "no kernel package found behind linux-image-cloud-amd64" >&2; exit 1; }
(cd "$work" && apt-get -o APT::Sandbox::User=root download "$kernel" busybox-static)
for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done

cp "$work"/unpacked/boot/vmlinuz-* "$out/vmlinuz"
cp "$work/unpacked/usr/bin/busybox" "$out/bin/busybox"

modules=$(find "$work/unpacked" -type d -path '*lib/modules/*' -prune | head -n 1)
version=$(basename "$modules")
mkdir -p "$root/usr/lib/modules"
mv "$modules" "$root/usr/lib/modules/$version"
# Hardware and file systems that a guest of namespaces never meets: a third of the image.
(
  cd "$root/usr/lib/modules/$version/kernel"
  rm -rf arch/x86/kvm drivers/net/ethernet drivers/infiniband drivers/scsi drivers/nvme drivers/hv \
    drivers/md fs/xfs fs/btrfs fs/bcachefs fs/smb fs/nfs fs/nfsd fs/ceph fs/gfs2 fs/ocfs2 fs/dlm \
    net/ceph net/sunrpc net/sctp net/tipc net/rds net/9p
)
# Unpacked modules load several times faster without hardware virtualisation; squashfs packs them.
chroot "$root" python3 - "/usr/lib/modules/$version" <<'PY'
import lzma, os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".ko.xz"):
            path = os.path.join(folder, name)
            with lzma.open(path) as packed, open(path[:-3], "wb") as plain:
                plain.write(packed.read())
            os.unlink(path)
PY
chroot "$root" depmod -a "$version"

# In loading order, each once; built-in ones answer with "builtin" and need no file.
for module in virtio_pci virtio_blk squashfs overlay; do
  chroot "$root" modprobe -S "$version" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$work/order"
while read -r file; do
  cp "$root$file" "$out/lib/lab-modules/"
  basename "$file" >>"$out/lib/lab-modules/order"
done <"$work/order"

# User Mode Linux, for hosts without KVM: the kernel as a program with the C library that it needs (the
# host's may be older), in a root of its own. Its block devices and file systems differ in part.
if (cd "$work" && apt-get -o APT::Sandbox::User=root download user-mode-linux); then
  dpkg-deb -x "$work"/user-mode-linux_*.deb "$work/uml"
  mkdir -p "$out/uml/lib64" "$out/uml/lib/x86_64-linux-gnu" "$out/lib/lab-modules-uml"
  mkdir "$out/uml/dev" "$out/uml/proc" "$out/uml/lab"
  cp "$work/uml/usr/bin/linux.uml" "$out/uml/linux"
  cp -L "$root/lib64/ld-linux-x86-64.so.2" "$out/uml/lib64/"
  for library in libc.so.6 libgcc_s.so.1; do
    cp -L "$root/lib/x86_64-linux-gnu/$library" "$out/uml/lib/x86_64-linux-gnu/"
  done
  modules=$(find "$work/uml/usr/lib/uml/modules" -mindepth 1 -maxdepth 1 -type d)
  version=$(basename "$modules")
  kept=$root/usr/lib/modules/$version
  mkdir -p "$kept/kernel/drivers" "$kept/kernel/fs"
  cp "$modules"/modules.builtin* "$modules/modules.order" "$kept/"
  (
    cd "$modules/kernel"
    for folder in net lib crypto drivers/net fs/overlayfs fs/squashfs; do
      cp -a "$folder" "$kept/kernel/$folder"
    done
    cd "$kept/kernel"
    rm -rf drivers/net/ethernet drivers/net/wireless net/ceph net/sunrpc net/sctp net/tipc net/rds \
      net/9p net/bluetooth net/mac80211 net/wireless
  )
  chroot "$root" depmod -a "$version"
  for module in squashfs overlay; do
    chroot "$root" modprobe -S "$version" --show-depends "$module"
  done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$work/order"
  while read -r file; do
    cp "$root$file" "$out/lib/lab-modules-uml/"
    basename "$file" >>"$out/lib/lab-modules-uml/order"
  done <"$work/order"
fi

# rt_tables.d is where ifupdown2 writes the VRFs' tables; Debian's iproute2 doesn't create it.
mkdir -p "$root/etc/iproute2/rt_tables.d" "$root/etc/pve" "$root/etc/network/interfaces.d"
# Host keys made while building would be the same in every lab.
rm -rf "$work" "$root"/etc/ssh/ssh_host_* "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
