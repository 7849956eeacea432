"""Stand-in for one thing that Proxmox's build of ifupdown2 does and Debian's doesn't: keeping guests'
ports (tap*, veth*, fwpr*, fwln*) on a bridge when the configuration is reloaded.

Debian's bridge addon removes every port that isn't listed in bridge-ports, except those that match
the bridge's own bridge-ports-condone-regex. This addon runs before it (see addons.conf, where the
lab inserts the line) and gives every bridge that names none such an expression. A port is thus
never detached, not even for a moment. Nothing on disk changes.
"""

try:
    from ifupdown2.ifupdownaddons.modulebase import moduleBase
except ImportError:
    from ifupdownaddons.modulebase import moduleBase

GUEST_PORTS = r"^(tap\d+i\d+|veth\d+i\d+|fwpr\d+p\d+|fwln\d+i\d+)$"


class guest_ports(moduleBase):
    """The class has the file's name because ifupdown2 finds it by that."""

    _modinfo = {"mhelp": "keeps guests' ports on bridges (stand-in)", "attrs": {}}

    def get_ops(self):
        return ["pre-up"]

    def run(self, ifaceobj, operation, query_ifaceobj=None, ifaceobj_getfunc=None):
        if operation != "pre-up" or query_ifaceobj:
            return
        names = ("bridge-ports", "bridge_ports")
        if not any(ifaceobj.get_attr_value_first(name) for name in names):
            return
        if not ifaceobj.get_attr_value_first("bridge-ports-condone-regex"):
            ifaceobj.update_config("bridge-ports-condone-regex", GUEST_PORTS)
