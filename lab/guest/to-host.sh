#!/bin/sh
# One connection from a node to 10.0.10.200:8007, carried to the PVE stand-in's pvesh port on the
# host. QEMU starts this per connection, so the stand-in may be restarted, or not run, at any time;
# the port is read each time, since a later start of the stand-in may have chosen another.
# $1: .lab/lab.json as ports.ts writes it, one "name": number a line.
port=$(sed -n 's/^ *"pvesh": \([0-9][0-9]*\),\{0,1\}$/\1/p' "$1")
# A request ends with a half-closed connection; the answer may take as long as an apply does.
exec socat -t 900 - "TCP4:127.0.0.1:${port:?no pvesh port in $1}"
