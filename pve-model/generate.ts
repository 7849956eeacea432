import { emptyFrrConfig, FrrConfig } from "./frr-config";
import { generateFrrConfig } from "./frr-generate";
import { renderFrrConf } from "./frr-text";
import { renderInterfacesSdn } from "./interfaces-sdn";
import { mergeFrrConfLocal } from "./merge";
import { evpnController, zonesOf } from "./sdn-objects";
import { NodeFiles, NodeInput, PveVersion } from "./types";
import { deriveRouterId, findLocalVtep, NO_ROUTER_ID } from "./vtep";

/** The model's own words: there is no recorded case of a node without a way to its peers. */
const NO_VTEP =
  "no peer of the evpn controller stands in /etc/network/interfaces, and no route leads to the first";

/**
 * The SDN files that Proxmox VE writes on a node from the running config, equal to what its own
 * code wrote in the recorded vectors (tests/fixtures/pve/vectors).
 * @throws Error for SDN objects that the model has no data of: zones and controllers of a type
 *   other than evpn, controllers over a fabric
 */
export function generateNodeFiles(version: PveVersion, input: NodeInput): NodeFiles {
  const controller = evpnController(input.runningConfig);
  const zones = zonesOf(input);
  const vtep = controller === null ? null : findLocalVtep(controller.peers, input);
  if (controller !== null && vtep === null) {
    return { frrConf: null, frrError: NO_VTEP, interfacesDSdn: null, warnings: [] };
  }
  const interfacesDSdn = renderInterfacesSdn(version, input, zones, vtep?.address ?? "");
  const generated = generatedFrrConfig(version, input);
  if (generated === null) {
    return { frrConf: null, frrError: NO_ROUTER_ID, interfacesDSdn, warnings: [] };
  }
  // Without a controller 8.4 leaves the last frr.conf in place, stale as it is.
  const silent = controller === null && version === "8.4";
  const frrConf = silent ? null : mergedText(version, input, generated);
  return { frrConf, frrError: null, interfacesDSdn, warnings: [] };
}

/**
 * What Proxmox VE generates for frr.conf before frr.conf.local comes in: the first argument that
 * {@link mergeFrrConfLocal} needs to tell what becomes of a block.
 * @returns null where Proxmox VE finds no router id or no way to its peers
 * @throws Error as {@link generateNodeFiles}
 */
export function generatedFrrConfig(version: PveVersion, input: NodeInput): FrrConfig | null {
  const controller = evpnController(input.runningConfig);
  if (controller === null) return emptyFrrConfig();
  const vtep = findLocalVtep(controller.peers, input);
  const routerId = vtep === null ? null : deriveRouterId(version, vtep, input);
  if (vtep === null || routerId === null) return null;
  return generateFrrConfig(version, controller, zonesOf(input), vtep, routerId);
}

function mergedText(version: PveVersion, input: NodeInput, generated: FrrConfig): string {
  const { config } = mergeFrrConfLocal(version, generated, input.frrConfLocal ?? "");
  return renderFrrConf(version, input.node, config);
}
