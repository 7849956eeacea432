import { project } from "./engine";
import { pveApi } from "./pve-api";

jest.setTimeout(240_000);

test("a token that moves to the environment goes out of the state", async () => {
  const api = await pveApi();
  const work = await project({ environment: { SSL_CERT_FILE: api.ca } });
  const program = (login: object) => {
    const provider = JSON.stringify({ endpoint: api.endpoint, ...login });
    return `import { Provider, sdn } from "@muhlba91/pulumi-proxmoxve";
      const provider = new Provider("pve", ${provider});
      new sdn.controller.Evpn("controller",
        { sdnControllerEvpnId: "frr", asn: 65000, peers: ["10.0.10.1"] }, { provider });`;
  };
  const up = async () => {
    const { code, output } = await work.up();
    if (code !== 0) throw new Error(output);
    return output;
  };
  try {
    work.program(program({ apiToken: api.token }));
    await up();
    expect(work.stateFile()).toContain('"apiToken":');
    work.environment.PROXMOX_VE_API_TOKEN = api.token;
    work.program(program({}));
    expect(await up()).toMatch(/providers:proxmoxve.*apiToken/);
    expect(work.stateFile()).not.toContain('"apiToken":');
  } finally {
    work.close();
    await api.close();
  }
});
