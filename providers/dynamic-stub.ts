import * as pulumi from "@pulumi/pulumi";

/**
 * The provider object that Pulumi serialises into the state. It holds nothing but the name of its
 * implementation, which the provider process loads from the program's own files: the state stays
 * small, a change of code makes no diff, and no captured value can carry a secret into the state.
 * @param implementation file `providers/<implementation>-provider.ts`, which exports `provider`
 */
export function stub(implementation: string): pulumi.dynamic.ResourceProvider {
  return {
    configure: (request) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).configure(request),
    check: (olds, news) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).check(olds, news),
    diff: (id, olds, news) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).diff(id, olds, news),
    create: (inputs) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).create(inputs),
    read: (id, props) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).read(id, props),
    update: (id, olds, news) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).update(id, olds, news),
    delete: (id, props) =>
      require(process.cwd() + "/providers/load.cjs")(implementation).delete(id, props),
  };
}
