import { lostMachines } from "./changes";
import type { JsonObject, Preview } from "./document";
import { isObject, listOf, textOf } from "./document";
import { nodesOf, ofType, TYPES } from "./fabric";
import type { KnownNames } from "./mask";

const unique = (values: (string | undefined)[]) => [
  ...new Set(values.filter((value): value is string => value !== undefined && value !== "")),
];

const inputs = (preview: Preview, type: string): JsonObject[] =>
  ofType(preview, type).flatMap(({ old, new: fresh }) => [old, fresh].filter((each) => !!each));

/** Host names by which nodes and API are reached. */
function hosts(preview: Preview): (string | undefined)[] {
  const ends = [
    ...inputs(preview, TYPES.health).flatMap(({ endpoints }) => listOf(endpoints)),
    ...inputs(preview, TYPES.apply).map(({ entry }) => entry),
  ];
  return ends.map((end) => (isObject(end) ? textOf(end.host) : undefined));
}

/** Everything in these previews that a public repository might not want to show, but for addresses. */
export function knownNames(preview: Preview, consumers: Preview[]): KnownNames {
  const vnets = inputs(preview, TYPES.vnet);
  const machines = consumers.flatMap(lostMachines);
  const blocks = [...nodesOf(preview).values()].flatMap(({ old, new: fresh }) => [
    old.block,
    fresh.block,
  ]);
  const inBlocks = blocks.flatMap((block) =>
    [...block.matchAll(/(?:router bgp|remote-as|local-as) (\d+)/g)].map(([, asn]) => asn),
  );
  const components = preview.resources.filter(({ type }) => type.endsWith(":EvpnFabric"));
  return {
    names: {
      node: unique([...nodesOf(preview).keys(), ...machines.map(({ node }) => node)]),
      host: unique(hosts(preview)).filter((host) => !/^[\d.:]+$/.test(host)),
      vnet: unique(vnets.map(({ resourceId }) => textOf(resourceId))),
      alias: unique(vnets.map(({ alias }) => textOf(alias))),
      zone: unique(inputs(preview, TYPES.zone).map(({ resourceId }) => textOf(resourceId))),
      machine: unique(machines.map(({ name }) => name)),
      cluster: unique(components.map(({ name }) => name)),
    },
    asns: unique([
      ...inputs(preview, TYPES.controller).map(({ asn }) =>
        asn === undefined ? undefined : String(asn),
      ),
      ...inBlocks,
    ]),
  };
}
