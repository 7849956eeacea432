import { violationLine } from "../../../config/violation";
import { changed, filledConfig, violationsIn } from "./refusal";

describe("what must not be shown", () => {
  const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";

  it.each([
    ["cluster.api.endpoint", "https://root:c2VjcmV0@pve01:8006", /holds a user or a password/],
    ["cluster.api.caFile", KEY, /holds the key itself/],
    ["ssh.privateKeyFile", KEY, /holds the key itself/],
    ["nodes.0.hostKey", KEY, /holds a private key/],
    ["frr.extraLines.router.0", "neighbor MESH password c2VjcmV0", /holds a password/],
  ])("%s is named without its value", (path, value, reason) => {
    const [violation, ...rest] = violationsIn(changed(filledConfig(), path, value));
    expect(rest).toEqual([]);
    const line = violation ? violationLine(violation) : "";
    expect(line).toMatch(reason);
    expect(line).not.toContain("c2VjcmV0");
    expect(line).not.toContain("BEGIN");
  });
});

it("shows characters that cannot be seen", () => {
  const [violation] = violationsIn(changed(filledConfig(), "zone.id", "evpn\u200b\u202e1"));
  expect(violation && violationLine(violation)).toContain('"evpn\\u200b\\u202e1"');
});
