import { parseConfig } from "../../../../config/parse";
import { buildPlan } from "../../../../plan/plan";
import { ipv4VtepsText, wantedOf } from "../../../../verify/preflight/expect";
import { identity, stackConfig } from "../../../fixtures/stack-config";

/** The remedy for the seed's cluster with some lines of the operator's own in the block. */
function remedy(router: string[]): string {
  const raw = stackConfig("prod");
  const config = parseConfig({ ...raw, frr: { ...raw.frr, extraLines: { router } } });
  return ipv4VtepsText(wantedOf(config, buildPlan(config, identity)));
}

it("holds the settings that give frr.conf to Proxmox VE", () => {
  expect(remedy([])).toMatch(/these settings change:[\s\S]*"peers":\["10\.255\.0\.1"/);
});

it("names the command alone where the converted config breaks a rule", () => {
  // Fine in a file of the operator's own; Proxmox VE writes the router id itself.
  const text = remedy(["bgp router-id 1.2.3.4"]);
  expect(text).toContain("`npm run -s evpn -- convert-owner` prints the steps. ");
  expect(text).not.toContain("these settings");
});
