import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import { NetworkContract, Verified } from "../contract/types";
import type { FabricConfig } from "../config/schema";
import type { OperatorBlock } from "../plan/operator-file";
import { acceptedReloadEnds } from "../plan/operator-block";
import { hashOf } from "../plan/plan";
import { sdnDevicesOf, sdnObjectsOf } from "../plan/sdn-objects";
import { NodeEndpoint, Plan } from "../plan/types";
import { EvpnController } from "../providers/evpn-controller";
import { FabricHealth, FabricHealthArgs } from "../providers/fabric-health";
import { FabricPreflight } from "../providers/fabric-preflight";
import { OperatorFrr } from "../providers/operator-frr";
import { SdnApply, SdnApplyArgs } from "../providers/sdn-apply";
import { VnetGuard } from "../providers/vnet-guard";
import { EvpnZone } from "./evpn-zone";
import { FrrBlock, FrrBlockArgs } from "./frr-block";

export interface EvpnFabricArgs {
  plan: Plan;
  /** What the fabric is to be, as the proof needs it. */
  intent: FabricHealthArgs["intent"];
  /** Hash of the whole config: when it changes, the nodes are looked at before anything else. */
  configHash: string;
  api: { endpoint: string; insecure: boolean; token?: pulumi.Input<string> };
  /** SSH private key; absent: the plugins ask the agent that SSH_AUTH_SOCK names. */
  privateKey?: pulumi.Input<string>;
  apply: FabricConfig["apply"];
  destroy: FabricConfig["destroy"];
  healthTimeoutSeconds: number;
}

/** The whole fabric. All ordering lives here: preflight, settle, blocks, controller, zone, apply, guards, health. */
export class EvpnFabric extends pulumi.ComponentResource {
  readonly contract: pulumi.Output<NetworkContract>;
  readonly verified: pulumi.Output<Verified>;
  private readonly args: EvpnFabricArgs;
  private readonly entry: NodeEndpoint;

  constructor(name: string, args: EvpnFabricArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox-evpn:index:EvpnFabric", name, {}, opts);
    this.args = args;
    const { plan } = args;
    this.entry = plan.nodes.find((node) => node.name === plan.entryNode)?.endpoint as NodeEndpoint;

    const settle = this.settle(name, this.preflight(name));
    const blocks = this.blocks(name, settle);
    const controller = this.controller(name, [settle, ...blocks]);
    const zone = this.zone(name, controller, [settle, ...blocks, controller]);
    const apply = this.apply(name, blocks, [settle, ...blocks, controller, zone]);
    const loaded = plan.frrOwner === "operator" ? [this.operatorFrr(name, apply)] : [];
    this.guards(name, zone, [apply, ...loaded]);
    const health = this.health(name, apply, loaded);

    this.contract = pulumi.output(plan.contract);
    this.verified = health.verified;
    this.registerOutputs({ contract: this.contract, verified: this.verified });
  }

  private applyArgs(role: "apply" | "settle"): SdnApplyArgs {
    const { plan } = this.args;
    return {
      role,
      entry: this.entry,
      nodes: plan.nodes.map((node) => ({
        endpoint: node.endpoint,
        devices: sdnDevicesOf(plan, node),
      })),
      objects: sdnObjectsOf(plan),
      blocks: hashOf(plan.blocks),
      accepted: acceptedReloadEnds(plan.frrOwner),
      ...this.args.apply,
    };
  }

  /** Everything depends on it by way of settle: an update that it stops has changed nothing. */
  private preflight(name: string): FabricPreflight {
    const { plan, configHash } = this.args;
    return new FabricPreflight(
      `${name}-preflight`,
      { identity: plan.identity, planHash: plan.hash, configHash },
      { parent: this },
    );
  }

  /**
   * Every object and block depends on it, so that its delete half runs after all of theirs and applies
   * the removals. It is replaced when an object leaves the plan.
   */
  private settle(name: string, preflight: FabricPreflight): SdnApply {
    const args = this.applyArgs("settle");
    const { plan } = this.args;
    // What it applies is whatever is pending when it goes: only which objects there are concerns it.
    const objects = sdnObjectsOf(plan).map((object) => ({ ...object, options: {} }));
    const nodes = plan.nodes.map(({ endpoint }) => ({ endpoint, devices: [] }));
    return new SdnApply(
      `${name}-settle`,
      { ...args, nodes, objects, blocks: "" },
      { parent: this, dependsOn: [preflight] },
    );
  }

  private blocks(name: string, settle: SdnApply): FrrBlock[] {
    const { plan, privateKey } = this.args;
    const common = { identity: plan.identity, privateKey };
    const blockOf = (node: string, args: Pick<FrrBlockArgs, "endpoint" | "block" | "retired">) =>
      new FrrBlock(
        `${name}-${node}`,
        { ...common, ...args },
        { parent: this, dependsOn: [settle] },
      );
    const isOurs = plan.frrOwner === "proxmox";
    const written = isOurs ? plan.nodes : [];
    const leftAlone = isOurs ? plan.retired : [];
    return [
      ...written.map(({ name: node, endpoint }) =>
        blockOf(node, { endpoint, block: plan.blocks[node] as string }),
      ),
      ...leftAlone.map((node) => blockOf(node, { endpoint: this.entry, block: "", retired: true })),
    ];
  }

  private controller(name: string, dependsOn: pulumi.Resource[]): EvpnController {
    const { controller } = this.args.plan;
    return new EvpnController(
      `${name}-controller`,
      {
        controllerId: controller.id,
        asn: controller.asn,
        peers: [...controller.peers],
        entry: this.entry,
        adoptedOnDestroy: this.args.destroy.adopted,
        frrOwner: this.args.plan.frrOwner,
      },
      { parent: this, dependsOn },
    );
  }

  private zone(name: string, controller: EvpnController, dependsOn: pulumi.Resource[]): EvpnZone {
    const { plan, api } = this.args;
    const pve = new proxmoxve.Provider(
      `${name}-pve`,
      { endpoint: api.endpoint, apiToken: api.token, insecure: api.insecure },
      { parent: this },
    );
    return new EvpnZone(
      `${name}-zone`,
      { zone: plan.zone, vnets: plan.vnets, controller: controller.controllerId },
      { parent: this, providers: { proxmoxve: pve }, dependsOn },
    );
  }

  private apply(name: string, blocks: FrrBlock[], dependsOn: pulumi.Resource[]): SdnApply {
    // A block that was put back has to be merged again.
    const hash = pulumi
      .all(blocks.map(({ repairs }) => repairs))
      .apply((times) =>
        hashOf(
          times.every((n) => n === 0) ? this.args.plan.blocks : [this.args.plan.blocks, times],
        ),
      );
    const args = { ...this.applyArgs("apply"), blocks: hash };
    return new SdnApply(`${name}-apply`, args, { parent: this, dependsOn });
  }

  /**
   * One before each VNet. They depend on everything that a destroy takes away, so that none of it has
   * gone when one of them refuses.
   */
  private guards(name: string, zone: EvpnZone, rest: pulumi.Resource[]): void {
    for (const { key } of this.args.plan.vnets) {
      new VnetGuard(
        `${name}-guard-${key}`,
        {
          vnet: zone.vnetIds[key] as pulumi.Output<string>,
          entry: this.entry,
          force: this.args.destroy.force,
        },
        { parent: this, dependsOn: [zone, ...rest] },
      );
    }
  }

  /** After the apply: the block names devices that the apply makes. */
  private operatorFrr(name: string, apply: SdnApply): OperatorFrr {
    const { plan, healthTimeoutSeconds: timeoutSeconds } = this.args;
    const nodes = plan.nodes.map((node) => ({
      endpoint: node.endpoint,
      loopbacks: plan.nodes
        .filter((other) => other.name !== node.name)
        .flatMap(({ loopback }) => Object.values(loopback)),
      block: plan.operatorBlocks[node.name] as OperatorBlock,
    }));
    return new OperatorFrr(
      `${name}-operator-frr`,
      { nodes, retired: [...plan.retired], timeoutSeconds },
      { parent: this, dependsOn: [apply] },
    );
  }

  private health(name: string, apply: SdnApply, loaded: OperatorFrr[]): FabricHealth {
    const { plan, intent } = this.args;
    return new FabricHealth(
      `${name}-health`,
      {
        endpoints: plan.nodes.map((node) => node.endpoint),
        intent,
        planHash: plan.hash,
        applied: apply.upid,
        timeoutSeconds: this.args.healthTimeoutSeconds,
      },
      { parent: this, dependsOn: [apply, ...loaded] },
    );
  }
}
