import { windows } from "../../../index";
import { valuesOf } from "../../values";
import { settings } from "../settings";

// The program with this library: one host, one component, whatever the number of values.
const { servers, values, privateKey } = settings();

for (const { name, ...reached } of servers) {
    const host = new windows.Host(name, { ...reached, privateKey });
    new windows.RegistryValues(`${name}-values`, { host, document: "values", values: valuesOf(values) });
}
