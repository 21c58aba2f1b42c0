import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import type { InState, OwnState } from "./ownState";

const azuread = "azuread:index/applicationCertificate:ApplicationCertificate";
const own = "hybrid-identity:entra:ApplicationCertificate";

/**
 * The certificate that an earlier version of this library made with azuread, where the resource that manages it from now on is not in state yet. It
 * stays registered for that one run, so that the engine learns not to delete it in the tenant; the next run takes it out of state. Where another
 * certificate is declared, the old one is to go, and the engine deletes it as ever.
 */
export async function certificateToHandOver({ children }: OwnState, pem: pulumi.Input<string>): Promise<InState | undefined> {
    const before = children.find((one) => one.type === azuread);
    if (before === undefined || children.some((one) => one.type === own)) {
        return undefined;
    }
    const declared = await settled(pulumi.output(pem));
    const value = before.outputs["value"];
    return declared === undefined || typeof value !== "string" || fingerprint(value) === fingerprint(declared) ? before : undefined;
}

/** Whether the tenant's certificate is in both resources: the old one must never take it along, whichever run it is registered in. */
export function isHandedOver({ type, outputs }: InState, children: InState[]): boolean {
    return type === azuread && children.some((one) => one.type === own && one.outputs["keyId"] === outputs["keyId"]);
}

function fingerprint(pem: string): string {
    return new X509Certificate(pem).fingerprint;
}
