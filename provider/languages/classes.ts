import * as pulumi from "@pulumi/pulumi";
import { entra, exchange, exchangeServer, mim, promotion, windows } from "../../index";

type ComponentClass = new (name: string, args: pulumi.Inputs, options: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

const fields: Record<string, Record<string, unknown>> = { entra, exchange, exchangeServer, mim, promotion, windows };

/**
 * The class of a component by its type: `hybrid-identity:FIELD:CLASS`.
 * @throws Error where this version has none of that type
 */
export function classOf(type: string): ComponentClass {
    const [, field = "", name = ""] = type.split(":");
    const found = fields[field]?.[name] as ComponentClass | undefined;
    if (!(found?.prototype instanceof pulumi.ComponentResource)) {
        throw new Error(`this version of the plugin has no component ${type}`);
    }
    return found;
}
