import { BATCHES } from "../faults/batches";
import { faultOf } from "../faults/table";
import { faultTests } from "./fault-run";

jest.setTimeout(600_000);

faultTests(BATCHES.map((ids) => ids.map(faultOf)));
