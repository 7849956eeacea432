"""Stand-in for one thing that Proxmox's build of ifupdown2 does and Debian's doesn't: a tunnel source
of IPv6 (vxlan-local-tunnelip fd00:255::1), which Debian's vxlan addon refuses as no IPv4 address.

Only IPv6 values come here; IPv4 ones stay Debian's. The kernel cannot change the family of a VXLAN
device, so one of the other family is removed first and made anew.
"""

import time

# ifupdown2 loads its addons by their bare names, and this has to change that very module.
import vxlan as debian

ATTRIBUTE = "vxlan-local-tunnelip"
Link = debian.Link
ipv4_only = debian.vxlan._vxlan__config_vxlan_local_tunnelip


def either_family(self, ifname, ifaceobj, link_exists, request, cached):
    local = ifaceobj.get_attr_value_first(ATTRIBUTE)
    if not local or ":" not in local:
        return ipv4_only(self, ifname, ifaceobj, link_exists, request, cached)
    address = debian.ipnetwork.IPv6Address(local)
    if address != cached.get(Link.IFLA_VXLAN_LOCAL6):
        request[Link.IFLA_VXLAN_LOCAL6] = address
    return address


debian.vxlan._vxlan__config_vxlan_local_tunnelip = either_family


class vxlan_ipv6(debian.Addon, debian.moduleBase):
    """The class has the file's name because ifupdown2 finds it by that."""

    _modinfo = {"mhelp": "tunnel sources of IPv6 (stand-in)", "attrs": {}}

    def __init__(self, *args, **kargs):
        debian.Addon.__init__(self)
        debian.moduleBase.__init__(self, *args, **kargs)

    def get_ops(self):
        return ["pre-up"]

    def run(self, ifaceobj, operation, query_ifaceobj=None, ifaceobj_getfunc=None):
        if operation != "pre-up" or query_ifaceobj:
            return
        local = ifaceobj.get_attr_value_first(ATTRIBUTE)
        if not local or not self.cache.link_exists(ifaceobj.name):
            return
        stands = self.cache.get_link_info_data(ifaceobj.name)
        other = Link.IFLA_VXLAN_LOCAL if ":" in local else Link.IFLA_VXLAN_LOCAL6
        if not stands.get(other):
            return
        debian.utils.exec_command("ip link del dev %s" % ifaceobj.name)
        # The kernel's word of it comes later, and would take the new device out of the cache.
        for _ in range(200):
            if not self.cache.link_exists(ifaceobj.name):
                return
            time.sleep(0.01)
