import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { labShell } from "../../lab/toolchain/env";
import { linkedCheckout, runJob, withoutInstalling, workflow } from "../fixtures/workflow";
import { applies, paths, up } from "./harness";

// What runs after a merge, on the lab in the place of a runner of one's own.
jest.setTimeout(600_000);

beforeAll(() => up());

it("deploy.yml deploys the stack and looks at every node; a second time nothing is applied", async () => {
  const checkout = linkedCheckout();
  const bin = fs.mkdtempSync(path.join(os.tmpdir(), "runner-"));
  withoutInstalling(bin);
  const lab = labShell(paths.root);
  const environment = { ...process.env, ...lab, PATH: `${bin}${path.delimiter}${lab.PATH}` };
  const passphrase = fs.readFileSync(lab.PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8").trim();
  const before = applies();
  try {
    const ran = await runJob(
      workflow("deploy.yml").content.jobs.deploy as never,
      checkout,
      {
        "vars.EVPN_STACK": "lab",
        "vars.EVPN_CA_BUNDLE": lab.SSL_CERT_FILE ?? "",
        "vars.PULUMI_BACKEND_URL": lab.PULUMI_BACKEND_URL ?? "",
        "secrets.PULUMI_CONFIG_PASSPHRASE": passphrase,
      },
      environment,
    );
    const failed = ran.filter(({ code }) => code !== 0);
    expect(failed).toEqual([]);
    expect(ran.map(({ name }) => name)).toEqual(["Install", "Deploy", "Look at every node"]);
    expect(ran[1]?.output).toMatch(/\d+ unchanged/);
    expect(applies()).toBe(before);
  } finally {
    fs.rmSync(checkout, { recursive: true, force: true });
    fs.rmSync(bin, { recursive: true, force: true });
  }
});
