import type * as pulumi from "@pulumi/pulumi";
import { entra, exchange, mim, windows } from "../../index";
import { Unimplemented } from "../rpc";

type ComponentClass = new (name: string, args: never, options: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

/** The class of a component by its type: `hybrid-identity:FIELD:CLASS`. */
export function classOf(type: string): new (name: string, args: pulumi.Inputs, options: pulumi.ComponentResourceOptions) => pulumi.ComponentResource {
    const [, field = "", name = ""] = type.split(":");
    return fields[field]![name] as ComponentClass as any;
}

const fields: Record<string, Record<string, unknown>> = { entra, exchange, mim, windows };
