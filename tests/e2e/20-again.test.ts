import { applies, lab, pending, pulumi } from "./harness";

jest.setTimeout(600_000);

it("a second `pulumi up` changes nothing and applies nothing", async () => {
  const before = applies();
  const { code, output } = await pulumi(["up", "--yes", "--expect-no-changes"]);
  expect(output).toMatch(/\d+ unchanged/);
  expect(code).toBe(0);
  expect(applies()).toBe(before);
});

it("`npm run lab` again changes nothing and is as green as before", async () => {
  const before = applies();
  const { code, output } = await lab();
  expect(output).toMatch(/\d+ unchanged/);
  expect(output).not.toContain("FAIL");
  expect(code).toBe(0);
  expect(applies()).toBe(before);
});

it("a refresh finds no drift", async () => {
  const { code, output } = await pulumi(["refresh", "--yes", "--expect-no-changes"]);
  expect(output).toMatch(/\d+ unchanged/);
  expect(code).toBe(0);
  expect(await pending()).toEqual([]);
});
